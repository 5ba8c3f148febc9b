"""The chore that holds open books against their logs, on a real store: what is spoilt is told, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from prometheus_client import REGISTRY
from temporalio.testing import ActivityEnvironment

from activities.book_checks import BookChecks
from store import Store
from tests.integration.store.spoiling import lose_event
from tests.integration.store.writing import Writer


def counted() -> float:
    return REGISTRY.get_sample_value("bookrunner_book_faults_total") or 0.0


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]


class Checks:
    """The chore as another process does it; between its looks happens what a test says."""

    def __init__(self, store: Store) -> None:
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        self.pauses = 0
        self._checks = BookChecks(store, lambda: datetime.now(UTC), self._pause)

    async def done(self) -> int:
        return await ActivityEnvironment().run(self._checks.apply)

    async def _pause(self, seconds: float) -> None:
        self.pauses += 1
        if self.meanwhile is not None:
            await self.meanwhile()


@pytest.fixture
def checks(other_process: Store) -> Checks:
    return Checks(other_process)


async def test_a_book_with_a_hole_in_its_log_is_told_every_time_until_it_is_mended(
    store: Store, other_process: Store, writer: Writer, checks: Checks, caplog: pytest.LogCaptureFixture
) -> None:
    whole = Writer()
    for each in (writer, whole):
        await each.book(store)
    put_back = await lose_event(store, writer.cim_id, 3)
    before = counted()
    assert await checks.done() == 2
    fault = f"event 3 is missing from its log, which goes on to {writer.state.rev}"
    assert told(caplog) == [f"book {writer.cim_id} is not whole: {fault}"]
    assert counted() == before + 1
    assert await other_process.book_checks.of_cim(writer.cim_id) is None
    check = await other_process.book_checks.of_cim(whole.cim_id)
    assert check is not None
    assert check.rev == whole.state.rev, "a spoilt book keeps no other from being checked"
    assert await checks.done() == 1
    assert (len(told(caplog)), counted()) == (2, before + 2)
    await put_back()
    assert await checks.done() == 1
    assert await checks.done() == 0
    assert (len(told(caplog)), counted()) == (2, before + 2)
    check = await other_process.book_checks.of_cim(writer.cim_id)
    assert check is not None
    assert check.rev == writer.state.rev


async def test_a_fault_that_is_gone_at_the_second_look_was_none(
    store: Store, other_process: Store, writer: Writer, checks: Checks, caplog: pytest.LogCaptureFixture
) -> None:
    await writer.book(store)
    checks.meanwhile = await lose_event(store, writer.cim_id, 3)
    before = counted()
    assert await checks.done() == 1
    assert (told(caplog), counted(), checks.pauses) == ([], before, 1)
    check = await other_process.book_checks.of_cim(writer.cim_id)
    assert check is not None
    assert check.rev == writer.state.rev


async def test_a_book_that_grows_while_it_is_looked_at_has_no_faults(
    store: Store, writer: Writer, checks: Checks, other_process: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something is recorded between any two reads of the look."""
    await writer.book(store)

    def growing(read: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        async def grown(*given: object) -> object:
            found = await read(*given)
            await writer.record(store, writer.slide("new", text=f"text {writer.commands}"))
            return found

        return grown

    for part, name in ((other_process, "head"), (other_process.log, "last_seq"), (other_process.books, "state")):
        monkeypatch.setattr(part, name, growing(getattr(part, name)))
    before, rev = counted(), writer.state.rev
    assert await checks.done() == 1
    assert writer.state.rev > rev + 1
    assert (counted(), checks.pauses) == (before, 0)


async def test_a_book_of_a_later_version_is_left_to_the_workers_of_that_version(
    store: Store, other_process: Store, writer: Writer, checks: Checks, caplog: pytest.LogCaptureFixture
) -> None:
    known = Writer()
    for each in (writer, known):
        await each.book(store)
    events = [record async for record in store.log.all_events(writer.cim_id)]
    later = events[-1].model_copy(update={"seq": len(events) + 1, "type": "of_a_later_version"})
    await store.log.append_records(writer.cim_id, "org1", [later])
    before = counted()
    await checks.done()
    assert counted() == before
    assert [message.split(":")[0] for message in told(caplog)] == [f"book {writer.cim_id} was left out of a chore"]
    assert await other_process.book_checks.of_cim(writer.cim_id) is None
    assert await other_process.book_checks.of_cim(known.cim_id) is not None
