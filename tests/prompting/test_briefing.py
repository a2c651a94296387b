"""The brief of a run, or the end of it."""

import asyncio
from typing import cast

import pytest

from assistant.errors import DraftError, Exit
from assistant.parallel import StopSwitch
from assistant.prompting.brief import Brief
from assistant.prompting.sections import SectionWriter, ask_for_brief
from assistant.prompting.subject import DocumentSubject
from assistant.template.template import load_template

SUBJECT = DocumentSubject(description="login timeout", kind="bug")


class Silent:
    """A writer whose model never answers; `ended` says whether its request was given up."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.ended = False

    async def brief(self, _subject: object, _template: object) -> Brief:
        """Wait for an answer, for ever."""
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True
        raise AssertionError


def test_a_request_ends_with_the_wait_for_it() -> None:
    """Where the wait is cancelled the request ends at once, before its connection is closed."""

    async def run() -> bool:
        writer = Silent()
        waiting = asyncio.create_task(
            ask_for_brief(cast("SectionWriter", writer), SUBJECT, load_template(None), StopSwitch())
        )
        await writer.asked.wait()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        return writer.ended

    assert asyncio.run(run())


def test_stopped() -> None:
    """A stop ends the request, and the error has the signal's exit code."""

    async def run() -> bool:
        writer, stop = Silent(), StopSwitch()
        waiting = asyncio.create_task(
            ask_for_brief(cast("SectionWriter", writer), SUBJECT, load_template(None), stop)
        )
        await writer.asked.wait()
        stop.now(Exit.INTERRUPTED)
        with pytest.raises(DraftError) as caught:
            await waiting
        return writer.ended and caught.value.exit_code == Exit.INTERRUPTED

    assert asyncio.run(run())
