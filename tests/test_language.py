"""The language of a description."""

import pytest

from assistant.language import base, named, spaced, spelled


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("login timeout", ""),
        ("two workers sometimes send the same e-mail when the queue redelivers", "English"),
        ("Beim Hochladen großer Dateien bricht die Verbindung nach einer Minute ab", "German"),
        ("Les exports échouent lorsque le fichier est trop grand pour la mémoire", "French"),
        ("El usuario no puede exportar los pedidos con filtros", "Spanish"),
        ("为订单列表增加按日期筛选", "Chinese"),
        ("為訂單列表增加按日期篩選", "Traditional Chinese"),
        ("ログイン時にタイムアウトする", "Japanese"),
        ("Экспорт заказов падает на больших файлах", "Russian"),
    ],
)
def test_language(text: str, expected: str) -> None:
    """A language is named where the words make it certain, and not else."""
    assert named(text) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("de", "German"),
        ("zh-CN", "Chinese"),
        ("pt_BR", "Brazilian Portuguese"),
        ("zh-TW", "Traditional Chinese"),
        ("de_CH.UTF-8", "German"),
        ("eng", "English"),
        ("zh-Hant-TW", "Traditional Chinese"),
        ("zh_TW.UTF-8", "Traditional Chinese"),
        ("th", "Thai"),
        ("German. Formal Sie.", "German. Formal Sie."),
        ("French-Canadian", "French-Canadian"),
        ("deutsch", "German"),
        ("中文", "Chinese"),
        ("GERMAN", "German"),
        ("", ""),
        ("Klingon", "Klingon"),
        ("Plain English", "Plain English"),
    ],
)
def test_spelled(said: str, expected: str) -> None:
    """Codes and own names are read; what is neither is what the person said."""
    assert spelled(said) == expected


def test_spaced() -> None:
    """Chinese words stand beside each other."""
    assert spaced("German")
    assert not spaced("Chinese")
    assert not spaced("Traditional Chinese")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("British English", "English"),
        ("English (UK)", "English"),
        ("Brazilian Portuguese", "Portuguese"),
        ("German", "German"),
        ("German with English technical terms", "German"),
        ("German (not English)", "German"),
        ("French-Canadian", "French"),
        ("Klingon", "Klingon"),
        ("", ""),
    ],
)
def test_base(language: str, expected: str) -> None:
    """A kind of a language is that language."""
    assert base(language) == expected
