"""One picture of a run, as lines that fit a terminal of any size. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.display.course import RunView
from assistant.terminal.style import wrap_line
from assistant.text import cut_to_width, make_harmless, measure_width

# Words and how they look: a style as rich reads it, or nothing.
StyledText = tuple[str, str]
StyledLine = tuple[StyledText, ...]

_INDENT = 2
# By judgement, looking at pictures of 40, 80 and 120 columns (benchmarks/screen.py).
_BAR_COLUMNS = (8, 40)  # the least and the most columns of a bar
_WIDE_COLUMNS = 70  # columns in which what is counted is also named
_MAX_TEXT_LINES = 3
_MAX_SHOWN_REMARKS = 2
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


ASCII_GLYPHS = Glyphs(turns="|/-\\", full="#", half="", empty="-", dot=", ")


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRoom:
    """The columns and rows that a picture may take, and what to draw it with."""

    columns: int = 80
    rows: int = 24
    glyphs: Glyphs = Glyphs()


def draw_picture(view: RunView, room: PictureRoom, turn: int) -> list[StyledLine]:
    """Return the lines of a picture, the most important first; `turn` moves its spinner."""
    columns = max(1, room.columns)
    lines = [_draw_headline(view, room, turn)]
    facts = _draw_facts(view, room)
    if facts:
        lines.append(facts)
    lines += [
        ((" " * _INDENT, ""), (_shorten(remark, columns - _INDENT), "yellow"))
        for remark in view.remarks[:_MAX_SHOWN_REMARKS]
    ]
    lines += _draw_preview(view, columns, room.rows - len(lines))
    return [_crop_line(line, columns) for line in lines[: max(1, room.rows)]]


def _draw_headline(view: RunView, room: PictureRoom, turn: int) -> StyledLine:
    """Return what happens now, as far as it fits, and the clock."""
    turns = room.glyphs.turns
    clock = format_clock(view.seconds)
    most = room.columns - len(clock) - 3
    said = _join_clauses(view.doing, ", ", most)
    gap = " " * max(1, most - measure_width(said) + 1)
    return ((turns[turn % len(turns)], "cyan"), (" " + said, "bold"), (gap + clock, "dim"))


def _draw_facts(view: RunView, room: PictureRoom) -> StyledLine:
    """Return how far it is: a bar, and as many figures as fit beside it."""
    glyphs = room.glyphs
    barred = view.share >= 0
    least = _INDENT + (_BAR_COLUMNS[0] + 1 if barred else 0)
    figures = list(_list_figures(view, wide=room.columns >= _WIDE_COLUMNS))
    said = glyphs.dot.join(figures)
    while figures and least + measure_width(said) > room.columns:
        figures.pop()
        said = glyphs.dot.join(figures)
    if not barred:
        return ((" " * _INDENT, ""), (said, "dim")) if said else ()
    size = min(_BAR_COLUMNS[1], room.columns - _INDENT - measure_width(said) - 1)
    if size < 1:
        return ()
    return ((" " * _INDENT, ""), *_draw_bar(view.share, size, glyphs), (" " + said, "dim"))


def _list_figures(view: RunView, *, wide: bool) -> Iterator[str]:
    """Yield the figures, the most important first."""
    if view.total:
        yield f"{view.done}/{view.total}{' ' + view.things if wide else ''}"
    elif view.share >= 0:
        yield f"{view.share:.0%}"
    if view.left:
        yield format_remaining(view.left)
    if view.tokens:
        yield f"{view.tokens:,} tokens"
    if view.rate >= 1:
        yield f"{view.rate:.0f} tokens/s"


def _draw_bar(share: float, size: int, glyphs: Glyphs) -> StyledLine:
    halves = min(2 * size, int(share * 2 * size))
    half = glyphs.half if halves % 2 else ""
    full = glyphs.full * (halves // 2) + half
    return ((full, "cyan"), (glyphs.empty * (size - len(full)), "dim"))


def _draw_preview(view: RunView, columns: int, rows: int) -> list[StyledLine]:
    """Return a few lines of what a model is saying, the newest last."""
    if rows <= 1 or not view.text.strip() or columns <= _INDENT:
        return []
    room = columns - _INDENT
    # What is far back is not laid out: at most so many characters can be on the last lines.
    said = view.text.translate(_JOINERS)[-room * (_MAX_TEXT_LINES + 2) * 2 :]
    lines = [line for text in said.split("\n") if text.strip() for line in _wrap_text(text, room)]
    title = _shorten(view.title.translate(_JOINERS), room)
    return [
        ((" " * _INDENT, ""), (title, "bold")),
        *(
            ((" " * _INDENT, ""), (line, "dim"))
            for line in lines[-min(_MAX_TEXT_LINES, rows - 1) :]
        ),
    ]


def _wrap_text(text: str, room: int) -> list[str]:
    shown = make_harmless(" ".join(text.split()))
    return [cut_to_width(line, room) for line in wrap_line(shown, room)]


def _join_clauses(clauses: Sequence[str], between: str, most: int) -> str:
    """Return as many clauses as fit, at least a part of the first."""
    kept = list(clauses)
    while len(kept) > 1 and measure_width(between.join(kept)) > most:
        kept.pop()
    return _shorten(between.join(kept), most)


def _shorten(text: str, most: int) -> str:
    """Return the text in at most so many columns; it ends after a whole word, if it has one."""
    shown = make_harmless(" ".join(text.split()))
    if measure_width(shown) <= most:
        return shown
    kept = cut_to_width(shown, most)[:-1]
    whole = kept if shown[len(kept) : len(kept) + 1] == " " else kept.rpartition(" ")[0]
    return (whole.rstrip(" ,;:.") or kept) + "…" if most > 0 else ""


def _crop_line(line: StyledLine, columns: int) -> StyledLine:
    """Return the line in at most so many columns."""
    made: list[StyledText] = []
    room = columns
    for words, look in line:
        kept = (
            words if measure_width(words) <= room else cut_to_width(words, room) if room > 0 else ""
        )
        made.append((kept, look))
        room -= measure_width(kept)
    return tuple(piece for piece in made if piece[0])


def format_clock(seconds: float) -> str:
    """Return a time as a clock shows it."""
    minutes, rest = divmod(int(seconds), _SECONDS_A_MINUTE)
    hours, minutes = divmod(minutes, _SECONDS_A_MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def format_remaining(seconds: float) -> str:
    """Return what is left, no finer than it can be known: in steps of 5 s, later of a minute."""
    if seconds < 7.5:  # noqa: PLR2004  up to here the nearest step is 5 s
        return "a few seconds left"
    if seconds < 55:  # noqa: PLR2004  from here on a minute is as good
        return f"about {5 * round(seconds / 5)} s left"
    return f"about {round(seconds / _SECONDS_A_MINUTE)} min left"
