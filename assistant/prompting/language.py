"""Languages: which one a description is in, so that a small model writes in it too."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assistant.prompting.detector import estimate_languages, has_letters_of, list_prose_words

_SCRIPT_LETTERS = (
    ("Japanese", "[\u3040-\u30ff]"),
    ("Korean", "[\uac00-\ud7af]"),
    ("Chinese", "[\u4e00-\u9fff]"),
    ("Russian", "[\u0430-\u044f\u0451]"),
    ("Greek", "[\u03b1-\u03c9]"),
    ("Arabic", "[\u0620-\u064a]"),
    ("Hebrew", "[\u05d0-\u05ea]"),
    ("Hindi", "[\u0904-\u0939]"),
    ("Thai", "[\u0e01-\u0e2e]"),
)
# Words that are frequent in one of these languages and rare in the others.
_FREQUENT_WORDS = {
    "English": "the and of to is for with when that not from by an are it we should on be has",
    "German": "der und nicht wird ist beim eine einen wenn mit für auf den dem nach bei oder ab",
    "French": "le les des une est dans pour avec lorsque du sur pas aux que ne quand et la",
    "Spanish": "el los las una para con cuando del por que no al se y la usuario usuarios desde",
    "Italian": "il gli una per con quando del della che non nel di utente dopo alla viene",
    "Portuguese": "os uma para com quando do da não ao no na que usuário em dos pelo",
    "Dutch": "het een van bij niet wordt voor met als wanneer door naar de gebruiker zijn",
}
# What people write for a language besides its English name, and regions that are written otherwise.
_OTHER_NAMES = {
    "English": "en eng englisch",
    "German": "de deu ger deutsch",
    "French": "fr fra français",
    "Spanish": "es spa español",
    "Italian": "it ita italiano",
    "Portuguese": "pt por português",
    "Dutch": "nl nld nederlands",
    "Russian": "ru rus русский",
    "Japanese": "ja jpn 日本語",
    "Korean": "ko kor 한국어",
    "Chinese": "zh zho 中文 简体中文",
    "Traditional Chinese": "zh-tw zh-hk zh-hant 繁體中文",
    "Brazilian Portuguese": "pt-br",
    "European Portuguese": "pt-pt",
    "British English": "en-gb",
    "Greek": "el",
    "Arabic": "ar",
    "Hebrew": "he",
    "Hindi": "hi",
    "Thai": "th",
    "Polish": "pl",
    "Ukrainian": "uk",
    "Turkish": "tr",
    "Swedish": "sv",
    "Czech": "cs",
    "Danish": "da",
    "Norwegian": "no nb nn",
    "Finnish": "fi",
    "Hungarian": "hu",
    "Romanian": "ro",
    "Bulgarian": "bg",
    "Slovak": "sk",
    "Slovenian": "sl",
    "Croatian": "hr",
    "Serbian": "sr",
    "Lithuanian": "lt",
    "Latvian": "lv",
    "Estonian": "et",
    "Catalan": "ca",
    "Vietnamese": "vi",
    "Indonesian": "id",
    "Persian": "fa",
    "Urdu": "ur",
    "Belarusian": "be",
}
# Scripts that more languages are written in than the one that is likeliest.
_SHARED_SCRIPTS = {
    "Russian": ("ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg", "tt"),
    "Arabic": ("ar", "fa", "ur", "ps", "ckb", "ug"),
    "Hindi": ("hi", "mr", "ne", "sa"),
}
_KNOWN_LANGUAGES = (*_FREQUENT_WORDS, *(language for language, _ in _SCRIPT_LETTERS))
# Frequent in English, and no words of the languages above.
_ENGLISH_WORDS = (
    "the and with when that from should are has have been this which will they their all"
)
# Letters that simplified Chinese writes otherwise.
_TRADITIONAL_CHARACTERS = re.compile("[為們這個時會對開關單點擊後體國處導頁狀態備與將當請資訊產檔]")
_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]+)*")
# A word of prose, not a part of a name, a path or an address.
_PROSE_WORD = re.compile(r"(?<![\w/.:@-])[^\W\d_]+(?![\w/:@'\u2019-]|\.\w)")
_SHORT_ENGLISH_WORDS = "of to is for in a an on by it we not no be"
_SENTENCE_BREAK = re.compile(r"(?<=[.!?])\s+|[\u3002\uff01\uff1f]|\n")
_QUOTED_TEXT = re.compile(
    '`[^`]*`|"[^"]*"|\u201c[^\u201d]*\u201d|\u201e[^\u201c\u201d]*[\u201c\u201d]|\u00ab[^\u00bb]*\u00bb|\u300c[^\u300d]*\u300d'
)
_UNSPACED_LANGUAGES = ("Chinese", "Japanese", "Thai")
_MIN_FREQUENT_WORDS = 2
_MIN_SCRIPT_SHARE = 0.2
_MIN_ENGLISH_WORDS = 3  # words that make a text English
# Words that are frequent in the English messages of programs and in hardly a translation of them,
# and such of descriptions: without them the detector takes "Tests of fill" for Catalan, "Fix github
# release" for Turkish and "Kafka consumer lag" for Danish.
_PROGRAM_WORDS = """
abbreviated aborting about above according added adding additional address addresses addressing
affects after against alert alerts algorithm allocate allocated allocating allow allowed already
alternate ambiguous amount and another answer anything appear appears applied around arrow arrows
associated assuming attach attempt attributes authentication author automatic automatically
available avoid bad based because been before behavior being below between beyond billing bottom
boundary breaker broken bug bulk but button by caching called calls can cannot category centre
certificate chain changed changes changing character characters checking choose class closed
closing column combination comma comparison compatibility compiled conditional configured
conflicting connections consent consider consumer contain containing contains contents convert
copying corresponding corrupt corrupted could cpp created creating current currently customers
databases dead deadline deadlines declared decoding defined deleted deleting denied dependencies
dependency deprecated detailed detected determine devices did different directly directories
disables display displayed does dropped duplicate during each editing empty enabled enables encode
encountered encrypted encryption enforce enough entries entry every eviction exactly example
exceeded exceeds executed executing execution exist exists exiting expand expected expecting
expired expiry explicitly external failed failing failover failure family fetching filenames files
fill filtering first fit fix fixing followed following found from functions generate generated
generating generation get getting greater grouping guest has how ignored ignoring immediately
implement implemented included indexed indexes indicates initialize initialized initializing inside
installing instead insufficient into invalid invites invoices is it its itself keys known larger
latency latest layers leak leaks least levels libraries limiting lines listed lists loaded loading
locally location locked locking logged longer make making manage manually many marked matches may
means member members merged merging method might migrate migrations mismatch missing modified
monitoring must names necessary needed needs nightly nor not odd of office older only opening
operations order orders other others otherwise outage outside overdue own owner packets parser
passed paths patterns payment payments perform permitted phonetic please preceding preferred press
pressed prevent previous previously pricing primary printing prints privilege privileges probably
problems processes processing project property provide provided rates rather reached reading really
reason received recognized recursive recursively referenced references refers refund refunds
registered registers reindex rejected reload relocation relocations removal removed removing rename
renamed reports represent requested requests require required reserved reset resolution resolving
response result results retention retries retrieve retry returned returns revocation revoked rotate
rounding run running samples sampling saved scheduler search secondary selected selection sends
sent separated sets settings sharing shipping shopping should show shown shows signing signup size
sizes skipped skipping slow smaller some something sorted specifications specified specifies
specify spelling started starting statistics stored strict stuck subkey submodules subprocess
subscription success successfully such suitable supplied supported supports suppress sure takes
targets temporary tenant tenants tests than that the their them there these they this those
throttle throttling through timezone timezones to together too tracing translation treat truncated
try trying turn twice two typo typos unable undefined unexpected unhandled units unknown unless
unrecognized unsupported unused update updated updating used useful users uses using value values
verification waiting warnings was webhooks webpage weekly were what when where whereas whether
which whose will with within work working workspace would wrapper writing written wrong yet you
your
"""
_ENGLISH_EVIDENCE = frozenset(f"{_ENGLISH_WORDS} {_PROGRAM_WORDS}".split())
# How likely another language than English must be: first for its name to be told to a model, then
# for the text to be held for some other language's, without a name. Held against 3,139 short
# English texts (messages of programs, subjects of commits) and 9,096 in 35 other languages (the
# translations of such messages): 12 of the former are taken for another language; of the latter
# 6,774 are named right, 211 wrong, 1,474 not named and 637 taken for English. Letters and frequent
# words alone named 2,396 right and 1,111 wrong, and took 3,226 for English.
_USUAL_BARS = (0.5, 0.35)
_FEW_WORDS_BARS = (
    0.8,
    0.5,
)  # of one or two words in ASCII: "Elasticsearch reindex" looks Hungarian
_DOUBTED_BARS = (0.9, 0.9)  # words speak for another language or for English
_UNREACHABLE_BARS = (1.1, 1.1)  # half of the words or more are English
# Neighbours such as Bulgarian and Russian, or Czech and Slovak, share their words: to be named, a
# language must be so many times as likely as the next: at 2 times, twice as many are named wrong.
_MIN_LEAD = 4
_FEW_WORDS = 2  # words that are few; and one word in so many makes half of them
# Of an English text's letters; a name or a borrowed word may have others.
_MIN_ASCII_SHARE = 0.95


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """The language of a text: its English name, empty if that is not certain.

    `english` says whether the text may be English, which it may where nothing speaks against it.
    """

    name: str
    english: bool


LanguageEstimator = Callable[[str], Mapping[str, float]]


def guess_language(text: str, estimate: LanguageEstimator = estimate_languages) -> LanguageGuess:
    """Return the language of a text by its letters, its words, and what a detector makes of it.

    `estimate` gives the shares of belief in languages by their codes.
    """
    script = _name_by_script(text)
    if script in _SHARED_SCRIPTS:
        return LanguageGuess(_name_within_script(script, text, estimate(text)), english=False)
    if script:
        return LanguageGuess(script, english=False)
    words, (best, share, ahead) = _name_by_words(text), _rank_languages(estimate(text))
    other = bool(best) and best != "en"
    certain, likely = _DOUBTED_BARS if words else _choose_bars(text)
    if other and ahead and share >= certain:
        return LanguageGuess(_name_code(best), english=False)
    if words:
        return LanguageGuess(words, english=words == "English")
    if other and share >= likely:
        return LanguageGuess("", english=False)
    return LanguageGuess("", english=is_mostly_ascii(text))


def is_mostly_ascii(text: str) -> bool:
    """Return whether a text's letters are, nearly all, those of English."""
    letters = [one for one in text if one.isalpha()]
    return sum(one.isascii() for one in letters) >= _MIN_ASCII_SHARE * len(letters)


def _rank_languages(shares: Mapping[str, float]) -> tuple[str, float, bool]:
    """Return the likeliest language, its share, and whether it is well ahead of the next."""
    ordered = sorted(shares, key=lambda code: -shares[code])
    if not ordered:
        return "", 0.0, False
    best = shares[ordered[0]]
    return ordered[0], best, len(ordered) == 1 or best >= _MIN_LEAD * shares[ordered[1]]


def _name_code(code: str) -> str:
    """Return a language's English name; empty for one that has none here."""
    return next((name for name, also in _OTHER_NAMES.items() if code in also.split()), "")


def _choose_bars(text: str) -> tuple[float, float]:
    """Return how likely another language than English must be, to be named and to be assumed."""
    prose = list_prose_words(text)
    words = re.findall(r"[^\W\d_]+", " ".join(prose).casefold())
    english = sum(word in _ENGLISH_EVIDENCE for word in words)
    if english:
        return _DOUBTED_BARS if _FEW_WORDS * english < len(words) else _UNREACHABLE_BARS
    return _FEW_WORDS_BARS if len(prose) <= _FEW_WORDS and "".join(prose).isascii() else _USUAL_BARS


def _name_within_script(usual: str, text: str, shares: Mapping[str, float]) -> str:
    """Return which of the languages that share a script a text is in; empty if not certain."""
    own = {code: share for code, share in shares.items() if code in _SHARED_SCRIPTS[usual]}
    best, share, ahead = _rank_languages(own)
    if best:
        return _name_code(best) if ahead and share >= _USUAL_BARS[0] else ""
    return usual if has_letters_of(_SHARED_SCRIPTS[usual][0], text) else ""


def _name_by_script(text: str) -> str:
    """Return the usual language of a text's script; empty for Latin letters and unknown ones."""
    letters = [character for character in text.casefold() if character.isalpha()]
    for language, script in _SCRIPT_LETTERS:
        share = sum(bool(re.match(script, letter)) for letter in letters)
        if letters and share / len(letters) > _MIN_SCRIPT_SHARE:
            traditional = language == "Chinese" and _TRADITIONAL_CHARACTERS.search(text)
            return "Traditional Chinese" if traditional else language
    return ""


def _name_by_words(text: str) -> str:
    """Return the language whose frequent words a text has; empty if that is not certain."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    counts = {
        language: sum(word in known.split() for word in words)
        for language, known in _FREQUENT_WORDS.items()
    }
    best, second = sorted(counts, key=lambda language: -counts[language])[:2]
    return best if counts[best] >= _MIN_FREQUENT_WORDS and counts[best] > counts[second] else ""


def name_language(name: str) -> str:
    """A language's English name, of a code such as `de` or `de-CH` too; what is none is kept."""
    said = name.strip()
    code = re.sub(r"\.utf-?8$", "", said.casefold()).replace("_", "-")
    parts = code.split("-") if _LANGUAGE_CODE.fullmatch(code) else []
    for wanted in (code, *("-".join(parts[:count]) for count in range(len(parts), 0, -1))):
        for language, also in _OTHER_NAMES.items():
            if wanted in (language.casefold(), *also.split()):
                return language
    return said


def get_language_codes() -> dict[str, str]:
    """Return the languages that have a code, by their English names."""
    return {name: also.split()[0] for name, also in _OTHER_NAMES.items()}


def find_base_language(language: str) -> str:
    """The language that another is a kind of: English of `British English`."""
    words = re.findall(r"\w+", language.casefold())
    named = {name.casefold(): name for name in _KNOWN_LANGUAGES}
    # Of several the first counts: "German with English terms".
    return next((named[word] for word in words if word in named), language)


def has_word_spaces(language: str) -> bool:
    """Whether a language has spaces between its words."""
    return find_base_language(language) not in _UNSPACED_LANGUAGES


def has_sentence_marks(language: str) -> bool:
    """Whether a language's sentences end with a mark."""
    return find_base_language(language) != "Thai"


def has_english_sentence(text: str, language: str) -> bool:
    """Whether a sentence is in English, where it should be in another language that we know."""
    wanted = find_base_language(language)
    said = _QUOTED_TEXT.sub(" ", text)
    return any(_is_english_sentence(sentence, wanted) for sentence in _SENTENCE_BREAK.split(said))


def _is_english_sentence(text: str, wanted: str) -> bool:
    found = _PROSE_WORD.findall(text)
    words = [word.casefold() for word in found]
    if wanted in dict(_SCRIPT_LETTERS):
        scripts = [script for name, script in _SCRIPT_LETTERS if name in (wanted, "Chinese")]
        lower = sum(word.islower() for word in found)
        said = set(words) & {*_ENGLISH_WORDS.split(), *_SHORT_ENGLISH_WORDS.split()}
        return (
            lower > _MIN_ENGLISH_WORDS
            and bool(said)
            and not any(re.search(one, text) for one in scripts)
        )
    if wanted not in _FREQUENT_WORDS or wanted == "English":
        return False
    english = len(set(words) & set(_ENGLISH_WORDS.split()))
    own = sum(word in _FREQUENT_WORDS[wanted].split() for word in words)
    return english >= _MIN_ENGLISH_WORDS and english > own
