"""One picture of a run, as lines that fit a terminal of any size. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.display.course import View
from assistant.terminal.style import wrap
from assistant.text import cut, harmless, width

# Words and how they look: a style as rich reads it, or nothing.
Piece = tuple[str, str]
Line = tuple[Piece, ...]

_INDENT = 2
_BAR = (8, 40)  # the least and the most columns of a bar
_WIDE = 70  # columns in which what is counted is also named
_TEXT_LINES = 3
_REMARKS = 2
# Joined by these, pictures are one where a terminal knows how, and several where it does not.
_JOINERS = str.maketrans("", "", "\u200d\ufe0e\ufe0f")
_SECONDS_A_MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """What a terminal's encoding has to draw with: turns of the spinner, a bar's parts."""

    turns: str = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
    full: str = "━"
    half: str = "╸"
    empty: str = "─"
    dot: str = " · "


ASCII = Glyphs(turns="|/-\\", full="#", half="", empty="-", dot=", ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The columns and rows that a picture may take, and what to draw it with."""

    columns: int = 80
    rows: int = 24
    glyphs: Glyphs = Glyphs()


def draw(view: View, room: Room, turn: int) -> list[Line]:
    """The lines of a picture, the most important first; `turn` moves its spinner."""
    columns = max(1, room.columns)
    lines = [_headline(view, room, turn)]
    facts = _facts(view, room)
    if facts:
        lines.append(facts)
    lines += [
        ((" " * _INDENT, ""), (_shortened(remark, columns - _INDENT), "yellow"))
        for remark in view.remarks[:_REMARKS]
    ]
    lines += _preview(view, columns, room.rows - len(lines))
    return [_cropped(line, columns) for line in lines[: max(1, room.rows)]]


def _headline(view: View, room: Room, turn: int) -> Line:
    """What happens now, as far as it fits, and the clock."""
    turns = room.glyphs.turns
    clock = timed(view.seconds)
    most = room.columns - len(clock) - 3
    said = _joined(view.doing, ", ", most)
    gap = " " * max(1, most - width(said) + 1)
    return ((turns[turn % len(turns)], "cyan"), (" " + said, "bold"), (gap + clock, "dim"))


def _facts(view: View, room: Room) -> Line:
    """How far it is: a bar, and as many figures as fit beside it."""
    glyphs = room.glyphs
    barred = view.share >= 0
    least = _INDENT + (_BAR[0] + 1 if barred else 0)
    figures = list(_figures(view, wide=room.columns >= _WIDE))
    said = glyphs.dot.join(figures)
    while figures and least + width(said) > room.columns:
        figures.pop()
        said = glyphs.dot.join(figures)
    if not barred:
        return ((" " * _INDENT, ""), (said, "dim")) if said else ()
    size = min(_BAR[1], room.columns - _INDENT - width(said) - 1)
    if size < 1:
        return ()
    return ((" " * _INDENT, ""), *_bar(view.share, size, glyphs), (" " + said, "dim"))


def _figures(view: View, *, wide: bool) -> Iterator[str]:
    """The figures, the most important first."""
    if view.total:
        yield f"{view.done}/{view.total}{' ' + view.things if wide else ''}"
    elif view.share >= 0:
        yield f"{view.share:.0%}"
    if view.left:
        yield remaining(view.left)
    if view.tokens:
        yield f"{view.tokens:,} tokens"
    if view.rate >= 1:
        yield f"{view.rate:.0f} tokens/s"


def _bar(share: float, size: int, glyphs: Glyphs) -> Line:
    halves = min(2 * size, int(share * 2 * size))
    half = glyphs.half if halves % 2 else ""
    full = glyphs.full * (halves // 2) + half
    return ((full, "cyan"), (glyphs.empty * (size - len(full)), "dim"))


def _preview(view: View, columns: int, rows: int) -> list[Line]:
    """A few lines of what a model is saying, the newest last."""
    if rows <= 1 or not view.text.strip() or columns <= _INDENT:
        return []
    room = columns - _INDENT
    # What is far back is not laid out: at most so many characters can be on the last lines.
    said = view.text.translate(_JOINERS)[-room * (_TEXT_LINES + 2) * 2 :]
    lines = [line for text in said.split("\n") if text.strip() for line in _wrapped(text, room)]
    title = _shortened(view.title.translate(_JOINERS), room)
    return [
        ((" " * _INDENT, ""), (title, "bold")),
        *(((" " * _INDENT, ""), (line, "dim")) for line in lines[-min(_TEXT_LINES, rows - 1) :]),
    ]


def _wrapped(text: str, room: int) -> list[str]:
    shown = harmless(" ".join(text.split()))
    return [cut(line, room) for line in wrap(shown, room)]


def _joined(clauses: Sequence[str], between: str, most: int) -> str:
    """As many clauses as fit, at least a part of the first."""
    kept = list(clauses)
    while len(kept) > 1 and width(between.join(kept)) > most:
        kept.pop()
    return _shortened(between.join(kept), most)


def _shortened(text: str, most: int) -> str:
    """The text in at most so many columns; it ends behind a whole word, where there is one."""
    shown = harmless(" ".join(text.split()))
    if width(shown) <= most:
        return shown
    kept = cut(shown, most)[:-1]
    whole = kept if shown[len(kept) : len(kept) + 1] == " " else kept.rpartition(" ")[0]
    return (whole.rstrip(" ,;:.") or kept) + "…" if most > 0 else ""


def _cropped(line: Line, columns: int) -> Line:
    """The line in at most so many columns."""
    made: list[Piece] = []
    room = columns
    for words, look in line:
        kept = words if width(words) <= room else cut(words, room) if room > 0 else ""
        made.append((kept, look))
        room -= width(kept)
    return tuple(piece for piece in made if piece[0])


def timed(seconds: float) -> str:
    """A time as a clock shows it."""
    minutes, rest = divmod(int(seconds), _SECONDS_A_MINUTE)
    hours, minutes = divmod(minutes, _SECONDS_A_MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def remaining(seconds: float) -> str:
    """What is left, no finer than it can be known: in steps of 5 s, from 10 s to a minute."""
    if seconds < 7.5:  # noqa: PLR2004  up to here the nearest step is 5 s
        return "a few seconds left"
    if seconds < 55:  # noqa: PLR2004  from here on a minute is as good
        return f"about {5 * round(seconds / 5)} s left"
    return f"about {round(seconds / _SECONDS_A_MINUTE)} min left"
