"""Where agents' answers and sessions are kept: in the store, and told to those who look on."""

from __future__ import annotations

from datetime import UTC, datetime

from activities.sessions import EndAnswer, checkpoint_id
from agents.ports import FinishedAnswer
from agents.steps import FinishedStep
from domain.events import RequestAnswered
from store import Store
from store.errors import StoreUnavailable
from store.models import AgentSession, Checkpoint, Citation, Message


class StoreAnswers:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def begin(self, message_id: str) -> None:
        message = await self._open(message_id)
        if message is not None and message.status != "writing":
            await self._store.messages.put(message.model_copy(update={"status": "writing"}))

    async def finish(self, message_id: str, answer: FinishedAnswer) -> None:
        message = await self._open(message_id)
        if message is None:
            return
        await self._store.messages.put(
            message.model_copy(
                update={
                    "status": "complete",
                    "text": answer.text,
                    "citations": tuple(
                        Citation(ref=cited.ref, document=cited.document, source=cited.source)
                        for cited in answer.citations
                    ),
                    "unsupported": answer.unsupported,
                    "steering": answer.steering,
                    "completed_at": datetime.now(UTC),
                }
            )
        )

    async def _open(self, message_id: str) -> Message | None:
        """The message, unless its book is gone. One that has ended stays as it is, whatever is put."""
        message = await self._store.messages.get(message_id)
        return message if message is not None and await self._store.is_there(message.cim_id) else None


class StoreSessionLedger:
    """The records of agent sessions and their steps. Telling who looks on is a courtesy: notices may get lost."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def put_session(self, session: AgentSession) -> None:
        if not await self._store.is_there(session.cim_id):
            return
        await self._store.agents.put(session)
        if session.status == "running" and (session.waits_for or session.steps):
            await self._follow(session)
        try:
            await self._store.feed.publish(
                session.cim_id,
                "agent",
                session.model_dump(
                    mode="json",
                    include={"id", "run_id", "agent_type", "title", "status", "doing", "steps", "waits_for", "error"},
                ),
            )
        except StoreUnavailable:
            return

    async def _follow(self, session: AgentSession) -> None:
        """A run waits for as long as one of its agents waits for people."""
        run = await self._store.runs.get(session.run_id)
        if run is None or run.status not in ("running", "waiting"):
            return
        waits = bool(session.waits_for)
        if not waits and run.status == "waiting":
            others = (await self._store.agents.of_cim(session.cim_id, run_id=run.id, status="running")).items
            waits = any(each.waits_for for each in others)
        if waits != (run.status == "waiting"):
            await self._store.runs.put(run.model_copy(update={"status": "waiting" if waits else "running"}))

    async def keep_step(self, step: FinishedStep) -> None:
        if not await self._store.is_there(step.cim_id):
            return
        await self._store.checkpoints.put(
            Checkpoint(
                id=checkpoint_id(step.agent_id, step.step),
                cim_id=step.cim_id,
                run_id=step.run_id,
                agent_id=step.agent_id,
                graph=step.graph,
                step=step.step,
                node=step.node,
                state=step.state,
                at=datetime.now(UTC),
            )
        )

    async def checkpoint(self, checkpoint_id: str) -> Checkpoint | None:
        return await self._store.checkpoints.get(checkpoint_id)

    async def answered_at(self, cim_id: str, seq: int) -> RequestAnswered | None:
        """What the log says, also where the head has not reached it yet."""
        for record in await self._store.log.events_of_type(cim_id, "request_answered", seq - 1, 1):
            event = record.event()
            if isinstance(event, RequestAnswered) and event.seq == seq:
                return event
        return None

    async def end_answer(self, end: EndAnswer) -> None:
        message = await self._store.messages.get(end.message_id)
        if message is None or not await self._store.is_there(message.cim_id):
            return
        await self._store.messages.put(
            message.model_copy(
                update={
                    "status": end.status,
                    "text": await self._store.messages.text_so_far(end.message_id),
                    "error": end.error,
                    "completed_at": datetime.now(UTC),
                }
            )
        )
