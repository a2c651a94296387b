"""How far a run has come: what is asked for, what is here of it, and how long the rest may take.

Pure but for its clock. Threads may tell and ask: an engine loads in one, a display draws in one.
"""

import json
import re
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from threading import Lock

from assistant.prompting.prompts import BRIEF_LABEL
from assistant.prompting.request import read_request_title
from assistant.terminal.style import format_count

SECTION_NOUNS = ("section", "sections")
# Tokens for each word that a section was asked to have. At first a guess: a word is 1.3 of them,
# JSON adds its keys, and a small model says more than it was asked to (3 in the cassettes); then
# what the sections so far came to.
_TOKENS_A_WORD = 2.5
_GUESS_WEIGHT_WORDS = 100  # expected words that the first guess weighs as much as
# Repairs for each section: a guess between a large model (none) and a small one (one for every
# second section in the cassettes), then what the sections so far needed.
_REPAIRS_A_SECTION = 0.2
_GUESS_WEIGHT_SECTIONS = 5  # sections that the guess weighs as much as
_OVERLONG_REST = 0.25  # of an answer that is longer than expected, what still comes; by judgement
_LETTERS_A_TOKEN = 4  # of English, as is usual
# Letters of a piece, on the average, up to which it is taken for a token: some servers send words
# or sentences (019).
_MAX_TOKEN_LETTERS = 10
_RATE_SECONDS = 4.0  # over which a rate is taken; by judgement, it neither jumps nor lags
# An estimate has ground after so many seconds of writing, and so large a share of the work (019).
_MIN_ESTIMATE_SECONDS = 2.0
_MIN_ESTIMATE_SHARE = 0.04
_MIN_RATE = 0.5  # tokens a second; what is slower stands still, by judgement
# The part of the way to a new estimate that is gone at each look: a jump takes a second or two.
_ESTIMATE_SMOOTHING = 0.08
_JSON_TOKEN = re.compile(r'[{}\[\],:]|"((?:[^"\\]|\\.)*)("?)', re.DOTALL)
_HALF_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?$")
_FENCE_LINE = re.compile(r"\s*```\w*\s*\n")
_MAX_CELL = 40  # characters: a cell of a table, which shares its line with the next


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A run at one moment, as it can be shown.

    `doing` says what happens now, in clauses of which the first matters most, `remarks` what is out
    of the ordinary. `share` of the work is done (-1: nobody knows), in `left` more seconds (0: no
    ground to say). `title` and `text` are what a model is saying.
    """

    seconds: float
    doing: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    share: float = -1.0
    done: int = 0
    total: int = 0
    things: str = ""
    tokens: int = 0
    rate: float = 0.0
    left: float = 0.0
    title: str = ""
    text: str = ""


@dataclass(slots=True)
class _RequestProgress:
    """One request and the repairs of it: `tokens` of the attempt that is under way."""

    words: int = 0
    begun: bool = False
    sent: bool = False
    ended: bool = False
    problem: str = ""
    pieces: int = 0
    tokens: int = 0
    text: str = ""
    first: float = 0.0
    share: float = 0.0
    again: tuple[str, ...] = ()
    repairs: int = 0
    until: float = 0.0
    reason: str = ""

    @property
    def running(self) -> bool:
        return self.begun and not self.ended


@dataclass(frozen=True, slots=True)
class _Phase:
    """What is done besides requests, since when, and how far it is; no text where nothing is."""

    text: str = ""
    done: int = 0
    total: int = 0
    begun: float = 0.0


@dataclass(slots=True)
class Course:
    """What is known of a run, told as it happens.

    `things` is what its answers are, one and several of them; `now` is its clock, in seconds.
    """

    things: tuple[str, str] = SECTION_NOUNS
    now: Callable[[], float] = time.monotonic
    _lock: Lock = field(default_factory=Lock)
    _begun: float = 0.0
    _parts: dict[str, _RequestProgress] = field(default_factory=dict)
    _settled: int = 0
    _end: float = 0.0
    _samples: deque[tuple[float, int]] = field(default_factory=deque)
    _shown: str = ""
    _phase: _Phase = _Phase()

    def __post_init__(self) -> None:
        self._begun = self.now()

    def planned(self, sections: Mapping[str, int]) -> None:
        """Take in that these sections will be asked for, of so many words."""
        with self._lock:
            for label, words in sections.items():
                self._parts[label] = _RequestProgress(words=max(1, words))

    def started(self, label: str) -> None:
        """Take in that a section's first request is on its way."""
        with self._lock:
            self._find_part(label).begun = True

    def repairing(self, label: str, reasons: Sequence[str]) -> None:
        """Take in that a section is asked for again."""
        with self._lock:
            part = self._find_part(label)
            part.again = tuple(reasons) or ("its answer could not be used",)
            part.repairs += 1
            self._settle(part)

    def received(self, label: str, pieces: int, text: str = "") -> None:
        """Take in how much of an answer is here: nothing where it was just asked for."""
        with self._lock:
            part = self._find_part(label)
            part.sent, part.until = True, 0.0
            if not pieces or pieces < part.pieces:
                self._settle(part)
            # Whole sentences come as one piece from some servers.
            most = len(text) // _LETTERS_A_TOKEN if len(text) > _MAX_TOKEN_LETTERS * pieces else 0
            tokens = max(part.tokens, pieces, most)
            if tokens and not part.tokens:
                part.first = self.now()
            part.pieces, part.tokens, part.text = pieces, tokens, text
            part.share = max(
                part.share, _estimate_share(tokens, part.words * self._estimate_tokens_a_word())
            )

    def waiting(self, label: str, seconds: float, reason: str) -> None:
        """Take in that a request is tried again after so many seconds."""
        with self._lock:
            part = self._find_part(label)
            self._settle(part)
            part.sent = False
            part.until, part.reason = self.now() + seconds, reason.rstrip(".")

    def finished(self, label: str, problem: str) -> None:
        """Take in that a section is written, or that it is not."""
        with self._lock:
            part = self._find_part(label)
            part.ended, part.problem, part.share, part.again = True, problem, 1.0, ()

    def phase(self, text: str, done: int, total: int) -> None:
        """Take in what is done now besides requests; an empty text says that it ended."""
        with self._lock:
            begun = self._phase.begun if text == self._phase.text else self.now()
            self._phase = _Phase(text, done, total, begun)

    @property
    def asking(self) -> bool:
        """Whether the first request is on its way, or the engine that will answer it."""
        return bool(self._parts or self._phase.text)

    def sums(self) -> tuple[int, int, int]:
        """Return how many sections ended, how many there are, and the tokens so far."""
        with self._lock:
            sections = self._list_sections()
            return sum(part.ended for part in sections.values()), len(sections), self._sum_tokens()

    def view(self) -> RunView:
        """Return the run as it is now."""
        with self._lock:
            now = self.now()
            sections = self._list_sections()
            tokens = self._sum_tokens()
            shown = self._choose_shown()
            rate = self._measure_rate(now, tokens)
            share = self._measure_share(sections)
            view = RunView(
                seconds=now - self._begun,
                doing=self._describe_doing(sections, now),
                remarks=tuple(self._list_remarks(now)),
                share=share,
                done=sum(part.ended for part in sections.values()),
                total=len(sections),
                things=self.things[1],
                tokens=tokens,
                rate=rate,
                left=self._estimate_left(sections, now, rate, share),
                title="the brief" if shown == BRIEF_LABEL else read_request_title(shown),
                text=self._parts[shown].text if shown else "",
            )
        return replace(view, text=extract_readable_text(view.text))

    def _count_things(self, number: int) -> str:
        return f"{number} {self.things[number != 1]}"

    def _find_part(self, label: str) -> _RequestProgress:
        return self._parts.setdefault(label, _RequestProgress())

    def _list_sections(self) -> dict[str, _RequestProgress]:
        return {label: part for label, part in self._parts.items() if label != BRIEF_LABEL}

    def _settle(self, part: _RequestProgress) -> None:
        """Count what an attempt brought for good: another one begins."""
        self._settled += part.tokens
        part.pieces, part.tokens, part.text, part.first = 0, 0, "", 0.0

    def _sum_tokens(self) -> int:
        return self._settled + sum(part.tokens for part in self._parts.values())

    def _estimate_tokens_a_word(self) -> float:
        """Return the tokens of a word, by the sections that ended or are long already."""
        least = _TOKENS_A_WORD  # what is longer by now says as much before it ends
        told = [
            part
            for part in self._parts.values()
            if part.words and (part.ended or part.tokens > least * part.words) and part.tokens
        ]
        words = _GUESS_WEIGHT_WORDS + sum(part.words for part in told)
        return (_TOKENS_A_WORD * _GUESS_WEIGHT_WORDS + sum(part.tokens for part in told)) / words

    def _measure_rate(self, now: float, tokens: int) -> float:
        """Return how many tokens a second came of late."""
        self._samples.append((now, tokens))
        samples = self._samples
        # The silence before the first token is no part of it.
        while len(samples) > 1 and (
            now - samples[0][0] > _RATE_SECONDS or samples[0][1] == samples[1][1]
        ):
            samples.popleft()
        then, before = samples[0]
        return (tokens - before) / (now - then) if now - then >= 1 else 0.0

    def _measure_share(self, sections: Mapping[str, _RequestProgress]) -> float:
        """Return the share of all work that is done, or -1.

        It never falls while the work is the same.
        """
        phase = self._phase
        if phase.text:
            return min(1.0, phase.done / phase.total) if phase.total else -1.0
        words = sum(part.words for part in sections.values())
        if not words:
            return -1.0
        return sum(part.words * part.share for part in sections.values()) / words

    def _estimate_left(
        self, sections: Mapping[str, _RequestProgress], now: float, rate: float, share: float
    ) -> float:
        """Return the seconds that the rest may take; 0 where there is no ground to say."""
        phase = self._phase
        if phase.text:
            passed = now - phase.begun
            ground = passed >= _MIN_ESTIMATE_SECONDS and share >= _MIN_ESTIMATE_SHARE
            return passed * (1 - share) / share if ground else 0.0
        running = [part for part in sections.values() if part.running and part.tokens]
        first = min((part.first for part in running), default=now)
        if rate < _MIN_RATE or not running or share < _MIN_ESTIMATE_SHARE:
            return self._seconds_ahead(now) if self._end else 0.0
        if not self._end and now - first < _MIN_ESTIMATE_SECONDS:
            return 0.0
        # Together they are as fast as the server is, and each is no faster than all were so far.
        rest = self._estimate_rest(sections)
        passed = sum(max(now - part.first, 0.1) for part in running)
        each = sum(part.tokens for part in running) / passed
        longest = max((tokens / each for part, tokens in rest if part.running), default=0.0)
        end = now + max(sum(tokens for _, tokens in rest) / rate, longest)
        self._end += (end - self._end) * (_ESTIMATE_SMOOTHING if self._end else 1)
        return self._seconds_ahead(now)

    def _estimate_rest(
        self, sections: Mapping[str, _RequestProgress]
    ) -> list[tuple[_RequestProgress, float]]:
        """Return the tokens that each section may still take, its repairs among them."""
        a_word = self._estimate_tokens_a_word()
        asked = sum(part.ended or bool(part.repairs) for part in sections.values())
        repairs = sum(part.repairs for part in sections.values())
        guessed = _REPAIRS_A_SECTION * _GUESS_WEIGHT_SECTIONS
        often = (repairs + guessed) / (asked + _GUESS_WEIGHT_SECTIONS)
        rest: list[tuple[_RequestProgress, float]] = []
        for part in (part for part in sections.values() if not part.ended):
            whole = part.words * a_word
            # One more repair of what was repaired is half as likely.
            again = whole * often / 2**part.repairs
            rest.append((part, max(whole - part.tokens, _OVERLONG_REST * part.tokens) + again))
        return rest

    def _seconds_ahead(self, now: float) -> float:
        return max(self._end - now, 1.0)

    def _choose_shown(self) -> str:
        """Return whose text to show: the same one until it ends, so that it can be read."""
        shown = self._parts.get(self._shown)
        if shown is None or not (shown.running and shown.text):
            able = [label for label, part in self._parts.items() if part.running and part.text]
            self._shown = max(able, key=lambda label: self._parts[label].first, default="")
        return self._shown

    def _describe_doing(
        self, sections: Mapping[str, _RequestProgress], now: float
    ) -> tuple[str, ...]:
        """Return what happens now, in clauses of which the first matters most."""
        if self._phase.text:
            return (self._phase.text,)
        brief = self._parts.get(BRIEF_LABEL)
        if brief is not None and brief.running:
            return (_describe_brief(brief, now),)
        if not sections:
            return ("planning the sections" if brief else "starting",)
        if all(part.ended for part in sections.values()):
            return ("putting the answers together",)
        running = [part for part in sections.values() if part.running]
        writing = sum(bool(part.text) for part in running)
        thinking = sum(bool(part.tokens) for part in running) - writing
        reading = sum(part.sent for part in running) - writing - thinking
        coming = sum(not (part.ended or part.sent) for part in sections.values())
        said = (
            (writing, f"writing {self._count_things(writing)}"),
            (thinking, f"thinking about {thinking if writing else self._count_things(thinking)}"),
            (reading, f"the model reads {format_count(reading, 'prompt')}"),
            (coming, f"{coming} to come"),
        )
        doing = tuple(words for count, words in said if count)
        if coming and len(doing) == 1:
            waits = any(part.until > now for part in running)
            return ("waiting for the server" if waits else "asking", *doing)
        return doing

    def _list_remarks(self, now: float) -> list[str]:
        """Return what is out of the ordinary, the latest of each kind."""
        parts = self._parts.items()
        said: list[str] = []
        idle = [part for part in self._parts.values() if part.until > now]
        if idle:
            next_one = min(idle, key=lambda part: part.until)
            seconds = ceil(next_one.until - now)
            said.append(f"trying again in {seconds} s: {next_one.reason}")
        repairs = [(label, part) for label, part in parts if part.running and part.again]
        if repairs:
            label, part = repairs[-1]
            others = f" and {len(repairs) - 1} more" if len(repairs) > 1 else ""
            said.append(f"asking again for {read_request_title(label)}{others}: {part.again[0]}")
        failed = [part for label, part in parts if part.problem and label != BRIEF_LABEL]
        if failed:
            said.append(f"{self._count_things(len(failed))} not written: {failed[-1].problem}")
        return said


def _estimate_share(tokens: int, expected: float) -> float:
    """Return the share of a section that is here; nearly all if it is longer than expected."""
    part = tokens / max(1.0, expected)
    return 0.9 * part if part <= 1 else 1 - 0.1 / part


def _describe_brief(brief: _RequestProgress, now: float) -> str:
    """Return what happens with the brief, which is asked for alone."""
    if brief.until > now:
        return "waiting for the server"
    if not brief.tokens:
        again = " again" if brief.again else ""
        reads = ": the model reads the prompt" if brief.sent else ""
        return f"asking for the brief{again}{reads}"
    return "writing the brief" if brief.text else "the model thinks about the brief"


def extract_readable_text(said: str) -> str:
    """Return what half an answer says: of JSON the values, whether or not it is whole."""
    text = _FENCE_LINE.sub("", said, count=1) if said.lstrip().startswith("```") else said
    if not text.lstrip().startswith(("{", "[")):
        return said
    made = ""
    open_, key = list[str](), False
    for token in _JSON_TOKEN.finditer(text):
        mark = token[0][0]
        if mark in "{[":
            open_.append(mark)
            key = mark == "{"
        elif mark in "}]":
            open_ = open_[:-1]
            key = False
        elif mark == ",":
            key = open_[-1:] == ["{"]
        elif mark == ":":
            key = False
        elif not key and token[1].strip():
            value = _unescape(token[1]).strip()
            last = made.rpartition("\n")[2]
            gap = " · " if len(value) < _MAX_CELL and len(last) < _MAX_CELL else "\n"
            made += f"{gap if made else ''}{value}"
    return made


def _unescape(inside: str) -> str:
    whole = _HALF_ESCAPE.sub("", inside)
    try:
        return str(json.loads(f'"{whole}"', strict=False))
    except ValueError:
        return whole
