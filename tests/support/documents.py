"""Small documents, and a template for them."""

from assistant.markdown.document import parse_document
from assistant.template.template import read_template

TEMPLATE = read_template(
    parse_document(
        "# [Name]\n\n## Metadata\n- **Created:** \n- **Updated:** \n\n## Why Now (Optional)\n\n"
        "## Risks & Mitigations\n\n| Risk | Impact | Mitigation |\n|---|---|---|\n| | | |\n\n"
        "### `Details`\n\n## Open Questions\n"
    ),
    "t",
)


WHOLE = (
    "# T\n\n## Metadata\n- **Created:** 2026-11-23\n- **Updated:** 2026-11-24\n\n## Why Now\n\n"
    "Because.\n\n## Risks & Mitigations\n\n| Risk | Impact | Mitigation |\n|---|---|---|\n"
    "| a | b | c |\n\n### `Details`\n\nMany.\n\n## Open Questions\n\nNone known.\n"
)


HEAD = "# A\n\n- **Status:**{}\n- **Updated:**{}\n\n## Why\n"
