"""Group commit: what goes together, what is tried again, what is handed over, and that nothing is lost."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import pytest

from api.addresses import CIMAddress
from api.gateway import Refused, TryAgain
from api.group_commit import Accepted, GroupCommit, Outcome, Unsent
from domain.commands import Rename
from domain.refusals import Problem
from domain.values import Actor
from telemetry.ids import current_ids, identified
from workflows.contract import CommandResult, Entry, Submission, SubmissionResult

ADDRESS = CIMAddress(cim_id="c", org_id="o", deal_id="d", project_id="p")
OTHER = CIMAddress(cim_id="other", org_id="o", deal_id="d", project_id="p")


def entry(title: str = "x", expected_rev: int | None = None) -> Entry:
    command = Rename(type="rename", command_id=uuid.uuid4(), expected_rev=expected_rev, title=title)
    return Entry(actor=Actor(kind="user", id="lea"), command=command)


def titles(submission: Submission) -> list[str]:
    return [entry.command.title for entry in submission.entries if isinstance(entry.command, Rename)]


class Gateway:
    """Answers after `gate` opens; fails as told, once per failure, or only what is `failing`; refuses `refuse_together`
    where something follows it."""

    def __init__(self) -> None:
        self.executed: list[list[str]] = []
        self.submitted: list[list[str]] = []
        self.started: list[bool] = []
        self.failures: list[Exception] = []
        self.failing: set[str] = set()
        self.refuse_together = ""
        self.rev = 0
        self.submit_failures: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.requests: list[str | None] = []
        self.in_flight = 0
        self.most_in_flight = 0

    async def execute(self, address: CIMAddress, submission: Submission, starts: bool) -> SubmissionResult:
        self.requests.append(current_ids().get("request_id"))
        self.in_flight += 1
        self.most_in_flight = max(self.in_flight, self.most_in_flight)
        try:
            await self.gate.wait()
        finally:
            self.in_flight -= 1
        sent = titles(submission)
        if self.failures and (not self.failing or self.failing & set(sent)):
            raise self.failures.pop(0)
        self.executed.append(sent)
        self.started.append(starts)
        too_late = Problem(code="old_rev", message="", rev=self.rev)
        return SubmissionResult(
            results=tuple(
                CommandResult(
                    command_id=one.command.command_id,
                    rev=self.rev,
                    problem=too_late if title == self.refuse_together and title != sent[-1] else None,
                )
                for one, title in zip(submission.entries, sent, strict=True)
            )
        )

    async def submit(self, address: CIMAddress, submission: Submission) -> None:
        await asyncio.sleep(0)
        self.requests.append(current_ids().get("request_id"))
        if self.submit_failures:
            raise self.submit_failures.pop(0)
        self.submitted.append(titles(submission))


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


def ids(outcome: Outcome) -> list[uuid.UUID]:
    assert isinstance(outcome, Sequence)
    return [result.command_id for result in outcome]


async def test_what_arrives_meanwhile_goes_together(gateway: Gateway) -> None:
    commits = GroupCommit(gateway)
    gateway.gate.clear()
    entries = [entry(str(n)) for n in range(60)]
    waiting = [asyncio.create_task(commits.execute(ADDRESS, [one], 10)) for one in entries]
    await asyncio.sleep(0.01)
    late = asyncio.create_task(commits.execute(ADDRESS, [entry("late")], 10))
    await asyncio.sleep(0)
    gateway.gate.set()
    outcomes = await asyncio.gather(*waiting)
    await late
    assert [ids(outcome) for outcome in outcomes] == [[one.command.command_id] for one in entries]
    assert [title for batch in gateway.executed for title in batch] == [*map(str, range(60)), "late"]
    assert len(gateway.executed) <= 3
    assert gateway.most_in_flight == 1


@asynccontextmanager
async def behind_another(gateway: Gateway, commits: GroupCommit) -> AsyncGenerator[asyncio.Task[Outcome]]:
    """What is sent meanwhile goes together, once the one that is under way is answered."""
    gateway.gate.clear()
    first = sent(commits, "first")
    await asyncio.sleep(0.01)
    yield first
    await asyncio.sleep(0.01)
    gateway.gate.set()


async def test_commands_go_with_the_request_that_came_first_of_them(gateway: Gateway) -> None:
    commits = GroupCommit(gateway)
    async with behind_another(gateway, commits) as first:
        second, third = sent(commits, "second"), sent(commits, "third")
    await asyncio.gather(first, second, third)
    assert gateway.executed == [["first"], ["second", "third"]]
    assert gateway.requests == ["first", "second"]


async def test_each_request_is_handed_over_by_itself(gateway: Gateway) -> None:
    """What goes together is a list: of one person, what came before a command that is done already would be refused."""
    commits = GroupCommit(gateway, deadline_seconds=0.2)
    gateway.gate.clear()
    first = sent(commits, "first")
    await asyncio.sleep(0.1)
    assert await asyncio.gather(first, sent(commits, "second"), sent(commits, "third")) == [Accepted()] * 3
    assert gateway.submitted == [["first"], ["second"], ["third"]]
    assert gateway.requests == ["first", "first", "second", "second", "third"]


@pytest.mark.parametrize(("expected_rev", "goes_again"), [(None, True), (7, True), (6, False)])
async def test_a_request_is_not_refused_for_what_another_one_did(
    gateway: Gateway, expected_rev: int | None, goes_again: bool
) -> None:
    """At revision 7, where `again` is in the book already: to the workflow `fresh` and `again` were a list."""
    commits = GroupCommit(gateway)
    gateway.refuse_together, gateway.rev = "fresh", 7
    async with behind_another(gateway, commits) as first:
        fresh, again = sent(commits, "fresh", expected_rev), sent(commits, "again")
    outcomes = await asyncio.gather(first, fresh, again)
    assert gateway.executed == [["first"], ["fresh", "again"], *([["fresh"]] if goes_again else [])]
    assert [problems(outcome) for outcome in outcomes] == [[], [] if goes_again else ["old_rev"], []]


async def test_a_list_that_was_refused_for_its_order_does_not_go_again(gateway: Gateway) -> None:
    gateway.refuse_together = "fresh"
    outcome = await GroupCommit(gateway).execute(ADDRESS, [entry("fresh"), entry("again")], 10)
    assert (problems(outcome), gateway.executed) == (["old_rev"], [["fresh", "again"]])


async def test_a_lasting_refusal_is_of_one_request(gateway: Gateway) -> None:
    commits = GroupCommit(gateway)
    gateway.failures = [Refused("both"), Refused("the second")]
    gateway.failing = {"second"}
    async with behind_another(gateway, commits) as first:
        second, third = sent(commits, "second"), sent(commits, "third")
    outcomes = await asyncio.gather(first, second, third)
    assert gateway.executed == [["first"], ["third"]]
    assert [outcome == Unsent(passing=False) for outcome in outcomes] == [False, True, False]


def problems(outcome: Outcome) -> list[str]:
    assert isinstance(outcome, Sequence)
    return [result.problem.code for result in outcome if result.problem is not None]


def sent(commits: GroupCommit, request_id: str, expected_rev: int | None = None) -> asyncio.Task[Outcome]:
    with identified(request_id=request_id):
        return asyncio.create_task(commits.execute(ADDRESS, [entry(request_id, expected_rev)], 10))


async def test_books_do_not_wait_for_each_other(gateway: Gateway) -> None:
    commits = GroupCommit(gateway)
    gateway.gate.clear()
    waiting = [asyncio.create_task(commits.execute(address, [entry()], 10)) for address in (ADDRESS, OTHER)]
    await asyncio.sleep(0.01)
    assert gateway.in_flight == 2
    gateway.gate.set()
    await asyncio.gather(*waiting)


@pytest.mark.parametrize(("count", "size", "most_together"), [(150, 10, 100), (10, 400_000, 2)])
async def test_an_update_is_bounded_in_commands_and_bytes(
    gateway: Gateway, count: int, size: int, most_together: int
) -> None:
    commits = GroupCommit(gateway)
    await asyncio.gather(*(commits.execute(ADDRESS, [entry(str(n))], size) for n in range(count)))
    assert max(len(batch) for batch in gateway.executed) <= most_together
    assert [title for batch in gateway.executed for title in batch] == [str(n) for n in range(count)]


async def test_the_commands_of_a_request_stay_together(gateway: Gateway) -> None:
    commits = GroupCommit(gateway)
    lists = [[entry(f"{n}.{m}") for m in range(60)] for n in range(3)]
    await asyncio.gather(*(commits.execute(ADDRESS, given, 10) for given in lists))
    assert [len(batch) for batch in gateway.executed] == [60, 60, 60]


async def test_what_passes_is_tried_again_with_the_same_commands(gateway: Gateway) -> None:
    gateway.failures = [TryAgain("busy"), TryAgain("busy")]
    given = entry("again")
    outcome = await GroupCommit(gateway).execute(ADDRESS, [given], 10)
    assert ids(outcome) == [given.command.command_id]
    assert gateway.executed == [["again"]]


async def test_after_the_deadline_it_is_handed_over(gateway: Gateway) -> None:
    gateway.gate.clear()
    commits = GroupCommit(gateway, deadline_seconds=0.1)
    began = time.monotonic()
    outcomes = await asyncio.gather(*(commits.execute(ADDRESS, [entry(str(n))], 10) for n in range(3)))
    assert outcomes == [Accepted()] * 3
    assert [title for batch in gateway.submitted for title in batch] == ["0", "1", "2"]
    assert time.monotonic() - began < 1


class StubbornGateway(Gateway):
    """Turns its cancellation into an error, as the client of Temporal does."""

    async def execute(self, address: CIMAddress, submission: Submission, starts: bool) -> SubmissionResult:
        try:
            return await super().execute(address, submission, starts)
        except asyncio.CancelledError:
            raise TryAgain("cancelled") from None


async def test_a_swallowed_cancellation_does_not_hold_up_the_hand_over() -> None:
    gateway = StubbornGateway()
    gateway.gate.clear()
    outcome = await asyncio.wait_for(GroupCommit(gateway, deadline_seconds=0.1).execute(ADDRESS, [entry()], 10), 2)
    assert outcome == Accepted()


async def test_nothing_is_acknowledged_that_temporal_does_not_have(gateway: Gateway) -> None:
    gateway.gate.clear()
    gateway.submit_failures = [TryAgain("down")]
    commits = GroupCommit(gateway, deadline_seconds=0.05)
    assert await commits.execute(ADDRESS, [entry()], 10) == Unsent(passing=True)
    gateway.submit_failures = [TryAgain("down")]
    assert await commits.submit(ADDRESS, [entry()]) == Unsent(passing=True)
    assert gateway.submitted == []


async def test_a_lasting_refusal_is_not_tried_again(gateway: Gateway) -> None:
    gateway.failures = [Refused("no")]
    assert await GroupCommit(gateway).execute(ADDRESS, [entry()], 10) == Unsent(passing=False)
    assert (gateway.executed, gateway.submitted) == ([], [])


async def test_a_lane_goes_on_after_a_failure_and_after_rest(gateway: Gateway) -> None:
    commits = GroupCommit(gateway)
    gateway.failures = [Refused("no")]
    await commits.execute(ADDRESS, [entry("1")], 10)
    for n in range(20):
        outcome = await commits.execute(ADDRESS, [entry(str(n))], 10)
        assert isinstance(outcome, Sequence)
        await asyncio.sleep(0)
    assert len(gateway.executed) == 20


async def test_an_unexpected_error_leaves_nobody_waiting(gateway: Gateway) -> None:
    gateway.failures = [ZeroDivisionError("bug")]
    noticed: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: noticed.append(context))
    try:
        assert await GroupCommit(gateway).execute(ADDRESS, [entry()], 10) == Unsent(passing=True)
        await asyncio.sleep(0.01)
    finally:
        asyncio.get_running_loop().set_exception_handler(None)


async def test_a_caller_that_leaves_does_not_take_its_command_along(gateway: Gateway) -> None:
    commits = GroupCommit(gateway)
    gateway.gate.clear()
    leaving = asyncio.create_task(commits.execute(ADDRESS, [entry("left")], 10))
    staying = asyncio.create_task(commits.execute(ADDRESS, [entry("stayed")], 10))
    await asyncio.sleep(0.01)
    leaving.cancel()
    gateway.gate.set()
    await staying
    assert [title for batch in gateway.executed for title in batch] == ["left", "stayed"]


async def test_a_new_book_is_started_in_the_same_call(gateway: Gateway) -> None:
    await GroupCommit(gateway).execute(ADDRESS, [entry()], 10, starts=True)
    assert gateway.started == [True]


async def test_close_waits_for_what_is_under_way(gateway: Gateway) -> None:
    commits = GroupCommit(gateway)
    gateway.gate.clear()
    waiting = asyncio.create_task(commits.execute(ADDRESS, [entry()], 10))
    await asyncio.sleep(0.01)
    closing = asyncio.create_task(commits.close())
    await asyncio.sleep(0.01)
    assert not closing.done()
    gateway.gate.set()
    await closing
    assert isinstance(await waiting, Sequence)
