"""D503: a link leads to a file that is not there."""

from collections.abc import Iterator

from assistant.lint.analyses.links import MAX_TARGET, find_dead_links
from assistant.lint.neighbours import PlacedDocument
from assistant.lint.rule import Example, Hit, NeighbourRule


def _check(placed: PlacedDocument) -> Iterator[Hit]:
    for link in placed.once(find_dead_links):
        if link.known is not None:
            continue
        if link.file:
            hint = placed.hint_at_number((placed.path.parent / link.file).name)
            message = f'there is no file "{link.file[:MAX_TARGET]}".{hint}'
        else:
            message = "this link leads nowhere: give its target."
        yield Hit(spot=link.spot, message=message)


RULE = NeighbourRule(
    code="D503",
    name="link-to-no-file",
    severity="error",
    about="A link leads to a file that is not there.",
    why="A reader who follows the link finds nothing.",
    mend="Correct the path: it starts at the document's own folder.",
    example=Example(
        fails="It replaces [the old design](007_logn.md).\n",
        passes="It replaces [the old design](007_login.md).\n",
        name="008_tokens.md",
        beside=(("007_login.md", "# Login\n\nWho logs in.\n"),),
    ),
    check=_check,
)
