"""A person of the deal team who talks with the AI over the HTTP API, and answers what it asks."""

from __future__ import annotations

import time
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, JsonValue

from cli.demo.client import BookClient, DemoFailed
from domain.model import Fact
from domain.requests import RequestBody
from domain.tool_calls import ToolCall
from store.models import Citation, Message, Run


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


class Reply(_Lenient):
    """What a person answered to what the AI asked."""

    asked: Asked
    answer: dict[str, JsonValue]


class Answered(_Lenient):
    """A turn as it went: the answer, what was asked and answered on the way, and the calls of tools."""

    text: str
    status: str
    seconds: float = 0.0
    unsupported: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    replies: tuple[Reply, ...] = ()
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
Look = Callable[[Run], None]
"""Is shown the run each time that it is looked at."""


class ChatClient(BookClient):
    def ask(
        self,
        text: str,
        decide: Decide,
        *,
        thread_id: str = "main",
        mode: str = "draft",
        look: Look | None = None,
    ) -> Answered:
        """Says something and waits for the answer; requests on the way are answered by `decide`."""
        began, rev = time.monotonic(), self.head().rev
        sent = self._call(
            "POST",
            f"/cims/{self.cim_id}/messages",
            json={"text": text, "thread_id": thread_id, "mode": mode},
        )
        accepted = _Accepted.model_validate_json(sent.content)
        run, replies = self.until_over(accepted.run_id, f"an answer to “{text[:60]}”", decide, look)
        answers = [self._message(answer_id) for answer_id in accepted.answer_ids]
        return Answered(
            text="\n\n".join(answer.text for answer in answers),
            status=run.status,
            seconds=round(time.monotonic() - began, 2),
            unsupported=tuple(text for answer in answers for text in answer.unsupported),
            citations=tuple(citation for answer in answers for citation in answer.citations),
            replies=replies,
            calls=self._calls(run.id),
            events=self.events(rev),
        )

    def compose(self, decide: Decide, look: Look | None = None) -> tuple[Run, tuple[Reply, ...]]:
        """Has agents write the book together; the plan and what else they ask is answered by `decide`."""
        return self.until_over(self.start_run("compose"), "the book to be composed", decide, look)

    def until_over(
        self, run_id: str, what: str, decide: Decide, look: Look | None = None
    ) -> tuple[Run, tuple[Reply, ...]]:
        """The run as it ended, and what was answered on the way. Raises DemoFailed when it failed."""
        replies: dict[str, Reply] = {}

        def ended() -> Run | None:
            run = self.run(run_id)
            if run.is_over:
                return run
            if look is not None:
                look(run)
            for request in self._open_requests():
                if request.run_id == run_id and request.id not in replies:
                    replies[request.id] = Reply(asked=request, answer=decide(request))
                    self._call("POST", f"/runs/{run_id}/answers/{request.id}", json=replies[request.id].answer)
            return None

        run = self._wait(what, ended)
        if run.status == "failed":
            raise DemoFailed(f"{what}: the run failed. {run.error}")
        return run, tuple(replies.values())

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
