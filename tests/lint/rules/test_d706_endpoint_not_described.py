"""Endpoints of an interface."""

import pytest

from assistant.lint.analyses.chapters import collect_chapters
from assistant.lint.rules.d706_endpoint_not_described import find_undescribed_calls
from assistant.markdown.document import parse_document
from assistant.template.align import align_document
from assistant.template.template import load_template


def calls(described: str, called: str) -> list[str]:
    text = (
        f"## Lifecycle of Code for Key Use Case\n1. **User initiates action:** {called}\n\n"
        f"## Detailed Design\n\n### API Endpoints\n{described}\n"
    )
    return [
        call.text
        for call in find_undescribed_calls(
            collect_chapters(align_document(load_template(None), parse_document(text)))
        )
    ]


@pytest.mark.parametrize(
    ("described", "called"),
    [
        ("#### `GET /orders/{id}`\nOne.", "`GET /orders/42`"),
        ("#### `GET /orders/{id}`\nOne.", "GET /api/v1/orders/:id?full=1."),
        ("#### `GET /api/v1/orders`\nAll.", "GET /orders and GET /shop/orders"),
        ("| GET | /orders/<id> |", "`GET /orders/0123456789abcdef0123456789abcdef`"),
        ("#### `GET /orders`\nAll.", "the existing `POST /orders`"),
        ("#### `GET /orders`\nAll.", "`POST https://example.com/orders`, `GET /healthz`"),
        ("Only prose.", "`POST /orders`"),
        ("#### `POST /api/v1/[endpoint]`\n", "`POST /orders`"),
    ],
)
def test_described(described: str, called: str) -> None:
    """A call is described by any spelling of its path; others' and existing ones need not be."""
    assert calls(described, called) == []


@pytest.mark.parametrize(
    ("described", "called", "expected"),
    [
        ("#### `GET /orders`\nAll.", "`POST /orders`", ["POST /orders"]),
        ("#### `GET /orders/{id}`\nOne.", "`GET /orders`, GET /orders.", ["GET /orders"]),
        ("#### `GET /orders/{id}`\nOne.", "GET /orders/1/items", ["GET /orders/1/items"]),
        ("#### `GET /{x}`\nAny.", "GET /orders/1/items", ["GET /orders/1/items"]),
    ],
)
def test_undescribed(described: str, called: str, expected: list[str]) -> None:
    """A call with another method or path is reported once."""
    assert calls(described, called) == expected
