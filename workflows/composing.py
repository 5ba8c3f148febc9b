"""A book composed by agents that work together: planner, then writers side by side, reviewers, coders."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from pydantic import JsonValue
from temporalio import workflow
from temporalio.common import RetryPolicy

from domain.values import AgentType, Value
from workflows.agent_calls import AgentCalls, PartsFailed
from workflows.contract import AgentInput, RunInput

with workflow.unsafe.imports_passed_through():
    from activities.composing import ComposeActivities, FinishedQuestion, FinishedSession

PLAN_GRAPH, WRITE_GRAPH, REVIEW_GRAPH, CODE_GRAPH = "plan", "write", "review", "code"
LOOK_TIMEOUT = timedelta(seconds=20)
LOOK_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=10))
MOST_FAILURES_TOLD = 5

State = dict[str, JsonValue]


class ComposeProgress(Value):
    """How far a run is: `done` of `total` sections. `report_hashes` are the texts in which agents say what they did."""

    done: int = 0
    total: int = 0
    doing: str = ""
    saved: int = 0
    report_hashes: tuple[str, ...] = ()


Tell = Callable[[ComposeProgress], Awaitable[None]]


async def compose(start: RunInput, agents: AgentCalls, tell: Tell) -> None:
    """Raises PartsFailed when sections failed; the others are done nevertheless."""
    finished: tuple[FinishedSession, ...] = ()
    if start.resumes:
        finished = await workflow.execute_activity_method(
            ComposeActivities.finished_sessions,
            FinishedQuestion(cim_id=start.cim_id, run_id=start.resumes),
            start_to_close_timeout=LOOK_TIMEOUT,
            retry_policy=LOOK_RETRY,
        )
    await _Composition(start, agents, tell, finished).run()


class _Section:
    """What became of one section so far. States are the last ones of the graphs that worked on it."""

    def __init__(self, section_id: str, title: str, to_write: int, to_code: int) -> None:
        self.id = section_id
        self.title = title
        self.to_write = to_write
        self.to_code = to_code
        self.round = 0
        self.written: State | None = None
        self.review: State | None = None
        self.coded: State | None = None
        self.failure = ""
        self.is_settled = False
        """Its writer has nothing else to write: what the reviewer said last stays open."""

    @property
    def is_reviewed(self) -> bool:
        return self.review is not None and self.review.get("round") == self.round

    @property
    def is_sent_back(self) -> bool:
        return self.is_reviewed and self.review is not None and not self.review.get("is_accepted")

    def is_done(self, review_rounds: int) -> bool:
        if self.to_write and self.written is None:
            return False
        is_open = not self.is_reviewed or (self.is_sent_back and self.round < review_rounds)
        if self.written is not None and review_rounds and is_open and not self.is_settled:
            return False
        return self.coded is not None or not self.to_code

    @property
    def reports(self) -> list[str]:
        states = [self.written, self.review if self.is_sent_back else None, self.coded]
        return [hash_ for state in states if state for hash_ in _strings(state, "report_hashes")]

    @property
    def saved(self) -> int:
        return sum(_number(state, "saved") for state in (self.written, self.coded) if state)


class _Composition:
    def __init__(self, start: RunInput, agents: AgentCalls, tell: Tell, finished: Sequence[FinishedSession]) -> None:
        self._start = start
        self._agents = agents
        self._tell_run = tell
        self._finished = finished
        self._seats = asyncio.Semaphore(max(1, start.writers_at_once))
        self._doing = ""
        self._plan: State = {}
        self._planner_id = ""
        self._sections: list[_Section] = []

    async def run(self) -> None:
        await self._make_plan()
        await self._tell("writing")
        await self._each(self._write, [one for one in self._alive if one.written is None and one.to_write])
        await self._review_rounds()
        to_code = [one for one in self._alive if one.coded is None and one.to_code]
        if to_code:
            await self._tell("building charts and models")
            await self._each(self._code, to_code)
        await self._tell("")
        self._raise_for_failures()

    @property
    def _alive(self) -> list[_Section]:
        return [one for one in self._sections if not one.failure]

    async def _make_plan(self) -> None:
        done = next((one for one in self._finished if one.agent_type == "planner"), None)
        if done is not None:
            self._plan, self._planner_id = done.state, done.agent_id
        else:
            await self._tell("planning")
            start = self._start
            state: State = {
                "instruction_hash": start.instruction_hash,
                "section_ids": list(start.section_ids),
                "asks_people": start.plan_approval,
            }
            outcome = await self._agents.call(self._session("planner", PLAN_GRAPH, None, state))
            if outcome.status != "completed":
                raise PartsFailed(f"The plan failed: {outcome.error}")
            self._plan, self._planner_id = outcome.state, outcome.agent_id
        self._sections = [
            _Section(section_id, title, to_write, to_code)
            for section_id, title, to_write, to_code in zip(
                _strings(self._plan, "section_ids"),
                _strings(self._plan, "section_titles"),
                _numbers(self._plan, "to_write"),
                _numbers(self._plan, "to_code"),
                strict=True,
            )
        ]
        for section in self._sections:
            self._take_up(section)

    def _take_up(self, section: _Section) -> None:
        """What an earlier run has finished of the section is not done again."""
        oldest_first = [one for one in reversed(self._finished) if one.section_id == section.id]
        for one in sorted(oldest_first, key=lambda one: one.round):
            match one.agent_type:
                case "writer":
                    section.written, section.round = one.state, one.round
                case "reviewer":
                    section.review = one.state
                case "coder":
                    section.coded = one.state
                case _:
                    pass

    async def _review_rounds(self) -> None:
        """Work goes back to its writer as often as the run allows; the last review says what is still open."""
        most = self._start.review_rounds
        if not most:
            return
        while True:
            waiting = [one for one in self._alive if one.written is not None and not one.is_reviewed]
            if waiting:
                await self._tell("reviewing")
                await self._each(self._review, waiting)
            sent_back = [one for one in self._alive if one.is_sent_back and one.round < most and not one.is_settled]
            if not sent_back:
                return
            await self._tell("writing again what was sent back")
            await self._each(self._write_again, sent_back)

    async def _write(self, section: _Section) -> None:
        state = await self._work(section, "writer", WRITE_GRAPH, {})
        if state is not None:
            section.written = state
            await self._tell_again()

    async def _write_again(self, section: _Section) -> None:
        before, review = section.written or {}, section.review or {}
        state = await self._work(
            section,
            "writer",
            WRITE_GRAPH,
            {
                "round": section.round + 1,
                "verdict_hash": review.get("verdict_hash", ""),
                "earlier_hashes": before.get("report_hashes", []),
                "earlier_draft_hash": before.get("draft_hash", ""),
            },
        )
        if state is None:
            return
        if state.get("draft_hash") == before.get("draft_hash"):
            section.is_settled = True
        else:
            section.written, section.round = state, section.round + 1

    async def _review(self, section: _Section) -> None:
        written, before = section.written or {}, section.review or {}
        state = await self._work(
            section,
            "reviewer",
            REVIEW_GRAPH,
            {
                "draft_hash": written.get("draft_hash", ""),
                "written_hashes": written.get("report_hashes", []),
                "earlier_verdict_hash": before.get("verdict_hash", ""),
            },
        )
        if state is not None:
            section.review = state
            await self._tell_again()

    async def _code(self, section: _Section) -> None:
        state = await self._work(section, "coder", CODE_GRAPH, {})
        if state is not None:
            section.coded = state
            await self._tell_again()

    async def _work(self, section: _Section, agent_type: AgentType, graph: str, state: State) -> State | None:
        """The last state of the agent's graph; None when it failed, which fails the section."""
        start: State = {"section_ids": [section.id], "round": section.round, **state}
        async with self._seats:
            outcome = await self._agents.call(self._session(agent_type, graph, section, start))
        if outcome.status == "completed":
            return outcome.state
        section.failure = f"the {agent_type} failed. {outcome.error or 'It ended unexpectedly.'}"
        await self._tell_again()
        return None

    async def _each(self, work: Callable[[_Section], Awaitable[None]], sections: Sequence[_Section]) -> None:
        """Side by side; ends when the last one has ended, also when they are cancelled."""
        ended = await asyncio.gather(*(work(section) for section in sections), return_exceptions=True)
        for error in ended:
            if error is not None:
                raise error

    def _session(self, agent_type: AgentType, graph: str, section: _Section | None, state: State) -> AgentInput:
        start = self._start
        place = f"{section.id}/{_number(state, 'round')}" if section else ""
        agent_id = uuid5(NAMESPACE_URL, f"bookrunner:agent/{start.run_id}/{agent_type}/{place}").hex
        scope: State = {**start.scope, "kind": "draft_slides", "agent_id": agent_id, "agent_type": agent_type}
        plan: State = {name: self._plan[name] for name in ("materials_hash", "plan_hash") if name in self._plan}
        return AgentInput(
            agent_id=agent_id,
            run_id=start.run_id,
            cim_id=start.cim_id,
            org_id=start.org_id,
            deal_id=start.deal_id,
            agent_type=agent_type,
            graph=graph,
            state={"scope": scope, **plan, **state},
            requested_by=start.requested_by,
            parent_id=self._planner_id,
            title=section.title if section else "The book",
        )

    async def _tell(self, doing: str) -> None:
        self._doing = doing
        await self._tell_again()

    async def _tell_again(self) -> None:
        await self._tell_run(
            ComposeProgress(
                done=sum(one.is_done(self._start.review_rounds) for one in self._alive),
                total=len(self._sections),
                doing=self._doing,
                saved=sum(one.saved for one in self._sections),
                report_hashes=tuple(hash_ for one in self._sections for hash_ in one.reports),
            )
        )

    def _raise_for_failures(self) -> None:
        failed = [one for one in self._sections if one.failure]
        if not failed:
            return
        told = "; ".join(f"{one.title}: {one.failure.rstrip('.')}" for one in failed[:MOST_FAILURES_TOLD])
        more = f"; and {len(failed) - MOST_FAILURES_TOLD} more" if len(failed) > MOST_FAILURES_TOLD else ""
        raise PartsFailed(f"{len(failed)} of {len(self._sections)} sections failed: {told}{more}.")


def _strings(state: State, name: str) -> list[str]:
    found = state.get(name)
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _numbers(state: State, name: str) -> list[int]:
    found = state.get(name)
    return [one for one in found if isinstance(one, int)] if isinstance(found, list) else []


def _number(state: State, name: str) -> int:
    found = state.get(name)
    return found if isinstance(found, int) else 0
