"""The language of a description."""

import pytest

from assistant.language import named


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("login timeout", ""),
        ("two workers sometimes send the same e-mail when the queue redelivers", "English"),
        ("Beim Hochladen großer Dateien bricht die Verbindung nach einer Minute ab", "German"),
        ("Les exports échouent lorsque le fichier est trop grand pour la mémoire", "French"),
        ("El usuario no puede exportar los pedidos con filtros", "Spanish"),
        ("为订单列表增加按日期筛选", "Chinese"),
        ("ログイン時にタイムアウトする", "Japanese"),
        ("Экспорт заказов падает на больших файлах", "Russian"),
    ],
)
def test_language(text: str, expected: str) -> None:
    """A language is named where the words make it certain, and not else."""
    assert named(text) == expected
