"""A text's lines, and where in the text each of them begins."""

from dataclasses import dataclass

from assistant.blocks import Block
from assistant.document import lines


@dataclass(frozen=True, slots=True)
class Source:
    """A text with its lines; `offsets` are their beginnings, and the text's end."""

    text: str
    lines: tuple[str, ...]
    offsets: tuple[int, ...]

    def end(self, line: int) -> int:
        """The offset at which line `line` - 1 ends, its line ending not counted."""
        if line == 0:
            return 0
        return self.offsets[line - 1] + len(self.lines[line - 1].rstrip("\r\n"))

    def last(self, block: Block) -> int:
        """The line after a list's or an item's last; the blank ones behind it belong to nobody."""
        last = block.last
        while last > block.first + 1 and not self.lines[last - 1].strip():
            last -= 1
        return last


def source_of(text: str) -> Source:
    """The text with its lines."""
    split = tuple(lines(text))
    offsets = [0]
    for line in split:
        offsets.append(offsets[-1] + len(line))
    return Source(text, split, tuple(offsets))
