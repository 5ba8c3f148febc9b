"""What people answered, on its way from a CIM to the agents that wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from temporalio import workflow
from temporalio.exceptions import FailureError

from domain.events import CIMDeleted, Event, RequestAnswered, RequestClosed
from domain.requests import RequestAnswer
from domain.state import CIMState
from domain.values import Value
from workflows.contract import ANSWERED_SIGNAL, agent_workflow_id


class _Letter(Value):
    seq: int
    agent_id: str
    answer: RequestAnswer


class Delivery:
    """Holds answers until they are recorded, then signals them to the sessions of their agents.

    A session that is gone is no error. An agent may hear of an answer again, and goes by the first.
    """

    def __init__(self, cim_id: str) -> None:
        self._cim_id = cim_id
        self._letters: list[_Letter] = []

    @property
    def pending(self) -> bool:
        return bool(self._letters)

    def add(self, before: CIMState | None, events: tuple[Event, ...]) -> None:
        """`before` is the state that the events changed."""
        self._letters.extend(_letters(before, events))

    async def deliver(self, recorded_rev: int) -> None:
        """Send what is recorded."""
        ready = [letter for letter in self._letters if letter.seq <= recorded_rev]
        await asyncio.gather(*(self._send(letter) for letter in ready))
        self._letters = [letter for letter in self._letters if letter not in ready]

    async def _send(self, letter: _Letter) -> None:
        session = workflow.get_external_workflow_handle(agent_workflow_id(self._cim_id, letter.agent_id))
        try:
            await session.signal(ANSWERED_SIGNAL, letter.answer)
        except FailureError as error:
            workflow.logger.info("nobody waits for the answer to %s: %s", letter.answer.request_id, error)


def _letters(before: CIMState | None, events: tuple[Event, ...]) -> Iterator[_Letter]:
    for event in events:
        match event:
            case RequestAnswered():
                yield _Letter(seq=event.seq, agent_id=event.agent_id, answer=event.answer)
            case RequestClosed():
                answer = RequestAnswer(request_id=event.request_id, how=event.how, by=event.actor.person_id)
                yield _Letter(seq=event.seq, agent_id=event.agent_id, answer=answer)
            case CIMDeleted():
                for request in before.open_requests.values() if before is not None else ():
                    answer = RequestAnswer(request_id=request.id, how="cancelled", by=event.actor.person_id)
                    yield _Letter(seq=event.seq, agent_id=request.agent_id, answer=answer)
            case _:
                continue
