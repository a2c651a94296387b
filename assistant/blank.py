"""A blank document: the template with its title set and its heading groups named."""

from collections.abc import Iterator, Mapping, Sequence

from assistant.heading import heading_name, retitled
from assistant.slot import Gap, Spec
from assistant.template import Template
from assistant.variant import by_first_word, tells


def blank(template: Template, title: str, names: Mapping[str, Sequence[str]]) -> str:
    """The template's text with `title` in its title heading and groups' items called `names`.

    `names` has each heading group's items by the group's key; an empty sequence leaves the group
    out, a group that is not named keeps the template's examples. `title` and `names` are names as
    `place.name` makes them.
    """
    text = "".join(part.text for part in template.front)
    for section in _sections(template, title, names):
        if text and not text.endswith(("\n", "\r")):
            # The template's last section, repeated or followed by another.
            text += template.document.newline * 2
        text += section
    return text


def _sections(template: Template, title: str, names: Mapping[str, Sequence[str]]) -> Iterator[str]:
    heads = template.groups
    done: set[str] = set()
    opening = _preamble(template)
    for spec in template.specs:
        if spec is opening:
            continue
        if not spec.group or spec.group not in names:
            yield _titled(spec, title) if spec is template.title and title else spec.text
        elif spec.group not in done:
            done.add(spec.group)
            for place, name in enumerate(names[spec.group]):
                yield from _item(template, heads[spec.group], place, name)


def _preamble(template: Template) -> Spec | None:
    """The text before the first heading, where it is instruction and so left out."""
    first = template.specs[0]
    instruction = all(isinstance(part, Gap) for part in first.parts) and first.text.strip()
    return first if first.level == 0 and instruction else None


def _titled(spec: Spec, title: str) -> str:
    if spec.open is None:
        return spec.text
    before, _, after = spec.open
    text = before + title + after
    if after and title.casefold().endswith(after.strip().casefold()):
        text = before + title
    heading = retitled(spec.heading, spec.title, text)
    # What a template says about its title is for the author, not for the reader.
    kept = (part for part in spec.parts if not (isinstance(part, Gap) and part.guidance))
    return heading + "".join(part.text for part in kept)


def items(template: Template, key: str, names: Sequence[str]) -> str:
    """The text of the heading group `key` with its items called `names`."""
    heads = template.groups[key]
    parts = ["".join(_item(template, heads, place, name)) for place, name in enumerate(names)]
    ended = [part if part.endswith(("\n", "\r")) else f"{part}\n\n" for part in parts]
    return "".join(ended)


def _item(template: Template, heads: Sequence[Spec], place: int, name: str) -> Iterator[str]:
    own = heads[place] if place < len(heads) else heads[0]
    # A first word that tells the examples apart decides: `PUT` has none, and takes the first.
    head = (by_first_word(heads, name) or heads[0]) if tells(heads) else own
    yield _head(head, name, place + 1)
    for spec in template.specs:
        if spec.group == head.group and spec.variant == head.variant and spec is not head:
            yield spec.text


def _head(head: Spec, name: str, number: int) -> str:
    title = heading_name(head.title, name, number)
    heading = retitled(head.heading, head.title, title)
    return heading + "".join(part.text for part in head.parts)
