"""What an earlier run has finished, for a run that takes it up again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from pydantic import Field, JsonValue
from temporalio import activity

from domain.values import AgentType, Value
from store import Store
from store.models import AgentSession, Run

MOST_RUNS_BACK = 20
SESSIONS_READ_AT_ONCE = 200


class FinishedQuestion(Value):
    cim_id: str
    run_id: str


class FinishedSession(Value):
    """A session that was completed: `state` is the last one of its graph, `round` counts from 0."""

    agent_id: str
    agent_type: AgentType
    section_id: str = ""
    round: int = 0
    state: dict[str, JsonValue] = Field(default_factory=dict)


class WorkBook(Protocol):
    """The records of runs and of their agents."""

    async def run(self, run_id: str) -> Run | None: ...

    async def sessions(self, run_id: str) -> Sequence[AgentSession]: ...


class StoreWorkBook:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def run(self, run_id: str) -> Run | None:
        return await self._store.runs.get(run_id)

    async def sessions(self, run_id: str) -> Sequence[AgentSession]:
        run = await self._store.runs.get(run_id)
        found: list[AgentSession] = []
        cursor: str | None = None
        while run is not None:
            page = await self._store.agents.of_cim(
                run.cim_id, run_id=run_id, cursor=cursor, limit=SESSIONS_READ_AT_ONCE
            )
            found.extend(page.items)
            cursor = page.next_cursor
            if cursor is None:
                break
        return found


class ComposeActivities:
    def __init__(self, work: WorkBook) -> None:
        self._work = work

    @activity.defn
    async def finished_sessions(self, question: FinishedQuestion) -> tuple[FinishedSession, ...]:
        """Of the run and those that it took up itself, newest run first. Empty for a run of another book."""
        found: list[FinishedSession] = []
        run_id = question.run_id
        for _ in range(MOST_RUNS_BACK):
            run = await self._work.run(run_id)
            if run is None or run.cim_id != question.cim_id or run.kind != "compose":
                break
            sessions = await self._work.sessions(run_id)
            found.extend(_finished(one) for one in sessions if one.status == "completed")
            if not run.resumes:
                break
            run_id = run.resumes
        return tuple(found)


def _finished(session: AgentSession) -> FinishedSession:
    sections, round_ = session.output.get("section_ids"), session.output.get("round")
    is_of_one = session.agent_type != "planner" and isinstance(sections, list) and len(sections) == 1
    return FinishedSession(
        agent_id=session.id,
        agent_type=session.agent_type,
        section_id=str(cast("list[JsonValue]", sections)[0]) if is_of_one else "",
        round=round_ if isinstance(round_, int) else 0,
        state=session.output,
    )
