"""Taking a message into its thread: kept once, after the message that it follows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.values import Actor
from store.models import Message, Run, Thread
from workflows.contract import BranchChoice, TurnInput, answer_ids

if TYPE_CHECKING:
    from store import Store


class TurnActivities:
    """Idempotent. The workflow of a thread calls these one at a time: it is the only writer of the thread's record."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @activity.defn
    async def open_turn(self, turn: TurnInput) -> None:
        """Keeps the message and its answers to come, and ends the branch with the last of them.

        Raises UnknownMessage when the message is to follow one that is not in the thread, or the book is gone.
        """
        run = turn.run
        if not await self._store.is_there(run.cim_id):
            raise _unknown()
        thread = await self._store.threads.get(run.thread_id, of_cim=run.cim_id) or _new_thread(turn)
        answers = answer_ids(run)
        if answers[-1] in thread.leaves:
            return
        parent_id = turn.parent_id if turn.starts_branch or turn.parent_id else thread.leaf_id
        if parent_id is not None:
            parent = await self._store.messages.get(parent_id)
            if parent is None or (parent.cim_id, parent.thread_id) != (run.cim_id, run.thread_id):
                raise _unknown()
        text = await self._store.contents.text(run.cim_id, turn.text_hash)
        await self._store.messages.put(
            Message(
                id=run.message_id,
                cim_id=run.cim_id,
                thread_id=run.thread_id,
                parent_id=parent_id,
                role="user",
                text=text or "",
                author=run.requested_by,
                created_at=turn.sent_at,
                completed_at=turn.sent_at,
                run_id=run.run_id,
                mode=run.mode,
                mentions=turn.mentions,
            )
        )
        previous = run.message_id
        for agent_type, answer_id in zip(run.agents or ("assistant",), answers, strict=True):
            await self._store.messages.put(
                Message(
                    id=answer_id,
                    cim_id=run.cim_id,
                    thread_id=run.thread_id,
                    parent_id=previous,
                    role="assistant",
                    text="",
                    author=Actor(kind="agent", id=agent_type, on_behalf_of=run.requested_by.person_id),
                    created_at=turn.sent_at,
                    run_id=run.run_id,
                    mode=run.mode,
                    status="queued",
                )
            )
            previous = answer_id
        await self._store.runs.put(
            Run(
                id=run.run_id,
                cim_id=run.cim_id,
                org_id=run.org_id,
                deal_id=run.deal_id,
                kind=run.kind,
                actor=run.requested_by,
                thread_id=run.thread_id,
                message_id=run.message_id,
                answer_ids=answers,
                started_at=turn.sent_at,
            )
        )
        leaves = tuple(leaf for leaf in thread.leaves if leaf != parent_id)
        await self._store.threads.put(
            thread.model_copy(update={"leaf_id": previous, "leaves": (*leaves, previous), "updated_at": turn.sent_at})
        )

    @activity.defn
    async def drop_turn(self, turn: TurnInput) -> None:
        """The message stays; its answers say that they were stopped before they began."""
        if not await self._store.is_there(turn.run.cim_id):
            return
        now = datetime.now(UTC)
        for answer_id in answer_ids(turn.run):
            answer = await self._store.messages.get(answer_id)
            if answer is not None:
                await self._store.messages.put(answer.model_copy(update={"status": "stopped", "completed_at": now}))
        run = await self._store.runs.get(turn.run.run_id)
        if run is not None and not run.is_over:
            await self._store.runs.put(run.model_copy(update={"status": "cancelled", "completed_at": now}))

    @activity.defn
    async def switch_branch(self, choice: BranchChoice) -> None:
        if not await self._store.is_there(choice.cim_id):
            raise _unknown()
        thread = await self._store.threads.get(choice.thread_id, of_cim=choice.cim_id)
        if thread is None or choice.leaf_id not in thread.leaves:
            raise _unknown()
        await self._store.threads.put(thread.model_copy(update={"leaf_id": choice.leaf_id}))
        await self._store.feed.publish(
            choice.cim_id, "thread", {"thread_id": choice.thread_id, "leaf_id": choice.leaf_id}
        )


def _new_thread(turn: TurnInput) -> Thread:
    run = turn.run
    return Thread(id=run.thread_id, cim_id=run.cim_id, created_at=turn.sent_at, updated_at=turn.sent_at)


def _unknown() -> ApplicationError:
    return ApplicationError("The thread has no such message.", type="UnknownMessage", non_retryable=True)
