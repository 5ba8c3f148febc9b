"""A provider's own client against a local server that speaks the provider's protocol."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from agents.asking import ask
from agents.brief import Brief
from agents.drafted import DraftedPersona, DraftedSlides
from agents.models import chat_model

PERSONA: dict[str, object] = {
    "type": "Strategic buyer",
    "motivations": [{"text": "Reach", "refs": []}],
    "concerns": [],
    "notes": [],
}


class Provider:
    """Answers every request with `status` and `content`; keeps what it was asked."""

    def __init__(self, status: int, content: object) -> None:
        self.status = status
        self.content = content
        self.asked: list[dict[str, Any]] = []

    def answer(self) -> dict[str, Any]:
        if self.status != 200:
            return {"error": {"message": "Incorrect API key provided", "type": "invalid_request_error", "code": "x"}}
        message = {"role": "assistant", "content": json.dumps(self.content), "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        return {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}


@contextmanager
def serving(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            provider.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            body = json.dumps(provider.answer()).encode()
            self.send_response(provider.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("OPENAI_API_KEY", "local")
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1")
    monkeypatch.setenv("OPENAI_API_BASE", f"http://127.0.0.1:{server.server_port}/v1")
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def test_a_draft_comes_back_as_a_model_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Provider(200, PERSONA)
    with serving(provider, monkeypatch):
        brief = Brief(task="buyer_persona", book_title="Bluecan")
        drafted = await ask(chat_model("openai:local-model"), brief, DraftedPersona)
    assert isinstance(drafted, DraftedPersona)
    assert drafted.type == "Strategic buyer"
    [asked] = provider.asked
    assert asked["model"] == "local-model"
    assert asked["response_format"]["json_schema"]["strict"] is True
    assert "Bluecan" in asked["messages"][-1]["content"]


async def test_slides_fit_the_provider_too(monkeypatch: pytest.MonkeyPatch) -> None:
    bullets: dict[str, object] = {"type": "bullets", "items": [{"text": "Sales grew.", "refs": ["F1"]}]}
    slide: dict[str, object] = {
        "topic": "sales",
        "title": "Sales",
        "refs": [],
        "layout_type": "bullets",
        "components": [bullets],
        "notes": "",
    }
    answer: dict[str, object] = {"slides": [slide], "notes": []}
    with serving(Provider(200, answer), monkeypatch):
        drafted = await ask(chat_model("openai:local-model"), Brief(task="slides", book_title="Bluecan"), DraftedSlides)
    assert isinstance(drafted, DraftedSlides)
    assert drafted.slides[0].components[0].type == "bullets"


@pytest.mark.parametrize(("status", "for_good"), [(401, True), (404, True), (429, False), (500, False)])
async def test_errors_are_told_apart_and_not_retried_by_the_client(
    status: int, for_good: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = Provider(status, {})
    with serving(provider, monkeypatch), pytest.raises(ApplicationError) as caught:
        await ask(chat_model("openai:local-model"), Brief(task="buyer_persona", book_title="Bluecan"), DraftedPersona)
    assert caught.value.non_retryable is for_good
    assert len(provider.asked) == 1


async def test_a_provider_that_is_not_there_is_asked_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "local")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_BASE", "http://127.0.0.1:9/v1")
    with pytest.raises(ApplicationError) as caught:
        await ask(chat_model("openai:local-model"), Brief(task="buyer_persona", book_title="Bluecan"), DraftedPersona)
    assert not caught.value.non_retryable
