"""The brief of a run, or the end of it."""

import asyncio

from assistant.ask import Failure, unusable
from assistant.brief import Brief
from assistant.errors import DraftError, Exit
from assistant.generate import Writer
from assistant.instruct import Subject
from assistant.stop import Stop
from assistant.template import Template


async def briefed(writer: Writer, subject: Subject, template: Template, stop: Stop) -> Brief:
    """The brief. Raises DraftError where there is none: without it there is nothing to save."""
    asking = asyncio.create_task(writer.brief(subject, template))
    stopping = asyncio.create_task(stop.event.wait())
    try:
        await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        answered = asking.done()
    finally:  # also where this wait itself is cancelled: nobody else would end the request
        stopping.cancel()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    if not answered:
        raise stopped(stop)
    try:
        return asking.result()
    except Failure as failure:
        raise unusable(f"the brief failed: {failure.reason}") from None


def stopped(stop: Stop) -> DraftError:
    """The end of a run that was stopped before there was anything to save."""
    return DraftError(
        "stopped before anything was written.",
        code="interrupted",
        exit_code=Exit(stop.code),
        hint="The same command goes on, for the price of what is missing.",
    )
