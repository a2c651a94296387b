"""Languages: which one a description is in, so that a small model writes in it too."""

import re

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


def named(text: str) -> str:
    """The language's English name; empty where the text does not make it certain."""
    letters = [character for character in text.casefold() if character.isalpha()]
    for language, script in _SCRIPTS:
        share = sum(bool(re.match(script, letter)) for letter in letters)
        if letters and share / len(letters) > _SHARE:
            traditional = language == "Chinese" and _TRADITIONAL.search(text)
            return "Traditional Chinese" if traditional else language
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
