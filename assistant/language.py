"""Names the language of a description, so that a small model writes in it too."""

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
_LEAST = 2
_SHARE = 0.2


def named(text: str) -> str:
    """The language's English name; empty where the text does not make it certain."""
    letters = [character for character in text.casefold() if character.isalpha()]
    for language, script in _SCRIPTS:
        share = sum(bool(re.match(script, letter)) for letter in letters)
        if letters and share / len(letters) > _SHARE:
            return language
    words = re.findall(r"[^\W\d_]+", text.casefold())
    counts = {
        language: sum(word in known.split() for word in words) for language, known in _WORDS.items()
    }
    best, second = sorted(counts, key=lambda language: -counts[language])[:2]
    return best if counts[best] >= _LEAST and counts[best] > counts[second] else ""
