"""A person of the deal team who talks with the AI over the HTTP API, and answers what it asks."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, JsonValue

from cli.demo.client import BookClient, DemoFailed
from domain.model import Fact
from domain.requests import RequestBody
from domain.tool_calls import ToolCall
from store.models import Message, Run


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Asked(_Lenient):
    """Something that the AI asks of people."""

    id: str
    run_id: str
    body: RequestBody


class Event(_Lenient):
    seq: int
    type: str
    actor_kind: str = ""


class Answered(_Lenient):
    """A turn as it went: the answer, what was asked on the way, and the calls of tools."""

    text: str
    status: str
    unsupported: tuple[str, ...] = ()
    citations: int = 0
    asked: tuple[Asked, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    events: tuple[Event, ...] = ()


class _Accepted(_Lenient):
    run_id: str
    message_id: str
    answer_ids: tuple[str, ...]


class _Requests(_Lenient):
    items: tuple[Asked, ...]


class _Facts(_Lenient):
    items: tuple[Fact, ...]


class _Recorded(_Lenient):
    call: ToolCall


class _Calls(_Lenient):
    items: tuple[_Recorded, ...]


class _Logged(_Lenient):
    seq: int
    type: str
    actor: dict[str, JsonValue]


class _Events(_Lenient):
    items: tuple[_Logged, ...]


Decide = Callable[[Asked], dict[str, JsonValue]]
"""What a person answers: `{choices, text}` or `{approved, reason}`."""


class ChatClient(BookClient):
    def ask(self, text: str, decide: Decide, *, thread_id: str = "main", mode: str = "draft") -> Answered:
        """Says something and waits for the answer; requests on the way are answered by `decide`."""
        rev = self.head().rev
        sent = self._call(
            "POST",
            f"/cims/{self.cim_id}/messages",
            json={"text": text, "thread_id": thread_id, "mode": mode},
            headers={"Idempotency-Key": uuid.uuid4().hex},
        )
        accepted = _Accepted.model_validate_json(sent.content)
        asked: dict[str, Asked] = {}

        def look() -> Run | None:
            run = self.run(accepted.run_id)
            if run.is_over:
                return run
            for request in self._open_requests():
                if request.run_id == accepted.run_id and request.id not in asked:
                    asked[request.id] = request
                    self._call("POST", f"/runs/{run.id}/answers/{request.id}", json=decide(request))
            return None

        run = self._wait(f"an answer to “{text[:60]}”", look)
        if run.status == "failed":
            raise DemoFailed(f"the turn “{text[:60]}” failed: {run.error}")
        answers = [self._message(answer_id) for answer_id in accepted.answer_ids]
        return Answered(
            text="\n\n".join(answer.text for answer in answers),
            status=run.status,
            unsupported=tuple(text for answer in answers for text in answer.unsupported),
            citations=sum(len(answer.citations) for answer in answers),
            asked=tuple(asked.values()),
            calls=self._calls(run.id),
            events=self.events(rev),
        )

    def events(self, after: int) -> tuple[Event, ...]:
        """Of the log, past a revision."""
        found: list[Event] = []
        while True:
            page = self._call("GET", f"/cims/{self.cim_id}/events?after={after}&limit=200")
            items = _Events.model_validate_json(page.content).items
            if not items:
                return tuple(found)
            found += [Event(seq=one.seq, type=one.type, actor_kind=str(one.actor.get("kind", ""))) for one in items]
            after = items[-1].seq

    def facts(self) -> tuple[Fact, ...]:
        """What was gathered from the documents."""
        return _Facts.model_validate_json(self._call("GET", f"/cims/{self.cim_id}/facts").content).items

    def _open_requests(self) -> tuple[Asked, ...]:
        return _Requests.model_validate_json(self._call("GET", f"/cims/{self.cim_id}/requests").content).items

    def _message(self, message_id: str) -> Message:
        answer = self._call("GET", f"/cims/{self.cim_id}/messages/{message_id}")
        return _Answer.model_validate_json(answer.content)

    def _calls(self, run_id: str) -> tuple[ToolCall, ...]:
        answer = self._call("GET", f"/cims/{self.cim_id}/tool-calls?run_id={run_id}&limit=100")
        return tuple(one.call for one in _Calls.model_validate_json(answer.content).items)


class _Answer(Message):
    model_config = ConfigDict(extra="ignore")
