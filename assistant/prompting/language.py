"""Languages: which one a description is in, so that a small model writes in it too."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assistant.prompting.detector import estimate_languages, has_letters_of, list_prose_words

_SCRIPTS = (
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
_WORDS = {
    "English": "the and of to is for with when that not from by an are it we should on be has",
    "German": "der und nicht wird ist beim eine einen wenn mit für auf den dem nach bei oder ab",
    "French": "le les des une est dans pour avec lorsque du sur pas aux que ne quand et la",
    "Spanish": "el los las una para con cuando del por que no al se y la usuario usuarios desde",
    "Italian": "il gli una per con quando del della che non nel di utente dopo alla viene",
    "Portuguese": "os uma para com quando do da não ao no na que usuário em dos pelo",
    "Dutch": "het een van bij niet wordt voor met als wanneer door naar de gebruiker zijn",
}
# What people write for a language besides its English name, and regions that are written otherwise.
_ALSO = {
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
_SHARED = {
    "Russian": ("ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg", "tt"),
    "Arabic": ("ar", "fa", "ur", "ps", "ckb", "ug"),
    "Hindi": ("hi", "mr", "ne", "sa"),
}
_NAMES = (*_WORDS, *(language for language, _ in _SCRIPTS))
# Frequent in English, and no words of the languages above.
_ENGLISH = "the and with when that from should are has have been this which will they their all"
# Letters that simplified Chinese writes otherwise.
_TRADITIONAL = re.compile("[為們這個時會對開關單點擊後體國處導頁狀態備與將當請資訊產檔]")
_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]+)*")
# A word of prose, not a part of a name, a path or an address.
_PLAIN = re.compile(r"(?<![\w/.:@-])[^\W\d_]+(?![\w/:@'\u2019-]|\.\w)")
_SHORT = "of to is for in a an on by it we not no be"
_SENTENCE = re.compile(r"(?<=[.!?])\s+|[\u3002\uff01\uff1f]|\n")
_QUOTED = re.compile(
    '`[^`]*`|"[^"]*"|\u201c[^\u201d]*\u201d|\u201e[^\u201c\u201d]*[\u201c\u201d]|\u00ab[^\u00bb]*\u00bb|\u300c[^\u300d]*\u300d'
)
_UNSPACED = ("Chinese", "Japanese", "Thai")
_LEAST = 2
_SHARE = 0.2
_ENOUGH = 3  # words that make a text English
# Words that are frequent in the English messages of programs and in hardly a translation of them,
# and such of descriptions: without them the detector takes "Tests of fill" for Catalan, "Fix github
# release" for Turkish and "Kafka consumer lag" for Danish.
_OF_PROGRAMS = """
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
_EVIDENCE = frozenset(f"{_ENGLISH} {_OF_PROGRAMS}".split())
# How likely another language than English must be: first for its name to be told to a model, then
# for the text to be held for some other language's, without a name. Held against 3,139 short
# English texts (messages of programs, subjects of commits) and 9,096 in 35 other languages (the
# translations of such messages): 12 of the former are taken for another language; of the latter
# 6,774 are named right, 211 wrong, 1,474 not named and 637 taken for English. Letters and frequent
# words alone named 2,396 right and 1,111 wrong, and took 3,226 for English.
_LIKELY = (0.5, 0.35)
_FEW = (0.8, 0.5)  # of one or two words in ASCII: "Elasticsearch reindex" looks Hungarian
_DOUBTED = (0.9, 0.9)  # words speak for another language or for English
_RULED_OUT = (1.1, 1.1)  # half of the words or more are English
# Neighbours such as Bulgarian and Russian, or Czech and Slovak, share their words: to be named, a
# language must be so many times as likely as the next: at 2 times, twice as many are named wrong.
_AHEAD = 4
_PAIR = 2  # words that are few; and one word in so many makes half of them
# Of an English text's letters; a name or a borrowed word may have others.
_ASCII = 0.95


@dataclass(frozen=True, slots=True)
class Guess:
    """The language of a text: its English name, empty if that is not certain.

    `english` says whether the text may be English, which it may where nothing speaks against it.
    """

    name: str
    english: bool


Estimate = Callable[[str], Mapping[str, float]]


def guess_language(text: str, estimate: Estimate = estimate_languages) -> Guess:
    """Return the language of a text by its letters, its words, and what a detector makes of it.

    `estimate` gives the shares of belief in languages by their codes.
    """
    script = _name_by_script(text)
    if script in _SHARED:
        return Guess(_name_within_script(script, text, estimate(text)), english=False)
    if script:
        return Guess(script, english=False)
    words, (best, share, ahead) = _name_by_words(text), _rank(estimate(text))
    other = bool(best) and best != "en"
    certain, likely = _DOUBTED if words else _choose_bars(text)
    if other and ahead and share >= certain:
        return Guess(_name_code(best), english=False)
    if words:
        return Guess(words, english=words == "English")
    if other and share >= likely:
        return Guess("", english=False)
    return Guess("", english=is_ascii(text))


def is_ascii(text: str) -> bool:
    """Return whether a text's letters are, nearly all, those of English."""
    letters = [one for one in text if one.isalpha()]
    return sum(one.isascii() for one in letters) >= _ASCII * len(letters)


def _rank(shares: Mapping[str, float]) -> tuple[str, float, bool]:
    """Return the likeliest language, its share, and whether it is well ahead of the next."""
    ordered = sorted(shares, key=lambda code: -shares[code])
    if not ordered:
        return "", 0.0, False
    best = shares[ordered[0]]
    return ordered[0], best, len(ordered) == 1 or best >= _AHEAD * shares[ordered[1]]


def _name_code(code: str) -> str:
    """Return a language's English name; empty for one that has none here."""
    return next((name for name, also in _ALSO.items() if code in also.split()), "")


def _choose_bars(text: str) -> tuple[float, float]:
    """Return how likely another language than English must be, to be named and to be assumed."""
    prose = list_prose_words(text)
    words = re.findall(r"[^\W\d_]+", " ".join(prose).casefold())
    english = sum(word in _EVIDENCE for word in words)
    if english:
        return _DOUBTED if _PAIR * english < len(words) else _RULED_OUT
    return _FEW if len(prose) <= _PAIR and "".join(prose).isascii() else _LIKELY


def _name_within_script(usual: str, text: str, shares: Mapping[str, float]) -> str:
    """Return which of the languages that share a script a text is in; empty if not certain."""
    own = {code: share for code, share in shares.items() if code in _SHARED[usual]}
    best, share, ahead = _rank(own)
    if best:
        return _name_code(best) if ahead and share >= _LIKELY[0] else ""
    return usual if has_letters_of(_SHARED[usual][0], text) else ""


def _name_by_script(text: str) -> str:
    """Return the usual language of a text's script; empty for Latin letters and unknown ones."""
    letters = [character for character in text.casefold() if character.isalpha()]
    for language, script in _SCRIPTS:
        share = sum(bool(re.match(script, letter)) for letter in letters)
        if letters and share / len(letters) > _SHARE:
            traditional = language == "Chinese" and _TRADITIONAL.search(text)
            return "Traditional Chinese" if traditional else language
    return ""


def _name_by_words(text: str) -> str:
    """Return the language whose frequent words a text has; empty if that is not certain."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    counts = {
        language: sum(word in known.split() for word in words) for language, known in _WORDS.items()
    }
    best, second = sorted(counts, key=lambda language: -counts[language])[:2]
    return best if counts[best] >= _LEAST and counts[best] > counts[second] else ""


def spelled(name: str) -> str:
    """A language's English name, of a code such as `de` or `de-CH` too; what is none is kept."""
    said = name.strip()
    code = re.sub(r"\.utf-?8$", "", said.casefold()).replace("_", "-")
    parts = code.split("-") if _CODE.fullmatch(code) else []
    for wanted in (code, *("-".join(parts[:count]) for count in range(len(parts), 0, -1))):
        for language, also in _ALSO.items():
            if wanted in (language.casefold(), *also.split()):
                return language
    return said


def known() -> dict[str, str]:
    """Return the languages that have a code, by their English names."""
    return {name: also.split()[0] for name, also in _ALSO.items()}


def base(language: str) -> str:
    """The language that another is a kind of: English of `British English`."""
    words = re.findall(r"\w+", language.casefold())
    named = {name.casefold(): name for name in _NAMES}
    # Of several the first counts: "German with English terms".
    return next((named[word] for word in words if word in named), language)


def spaced(language: str) -> bool:
    """Whether a language has spaces between its words."""
    return base(language) not in _UNSPACED


def punctuated(language: str) -> bool:
    """Whether a language's sentences end with a mark."""
    return base(language) != "Thai"


def foreign(text: str, language: str) -> bool:
    """Whether a sentence is in English, where it should be in another language that we know."""
    wanted = base(language)
    said = _QUOTED.sub(" ", text)
    return any(_foreign(sentence, wanted) for sentence in _SENTENCE.split(said))


def _foreign(text: str, wanted: str) -> bool:
    found = _PLAIN.findall(text)
    words = [word.casefold() for word in found]
    if wanted in dict(_SCRIPTS):
        scripts = [script for name, script in _SCRIPTS if name in (wanted, "Chinese")]
        lower = sum(word.islower() for word in found)
        said = set(words) & {*_ENGLISH.split(), *_SHORT.split()}
        return lower > _ENOUGH and bool(said) and not any(re.search(one, text) for one in scripts)
    if wanted not in _WORDS or wanted == "English":
        return False
    english = len(set(words) & set(_ENGLISH.split()))
    own = sum(word in _WORDS[wanted].split() for word in words)
    return english >= _ENOUGH and english > own
