"""A server on this machine that speaks the wire formats of OpenAI, Anthropic, Ollama and Voyage, and fails as told."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import Any

from tests.providers import anthropic_wire, embedding_wire, ollama_wire, openai_wire, responses_wire
from tests.providers.script import Asked, Reply, ToolUse, forced_tool

GOOD_KEY = "good-key"

_WIRES: dict[str, ModuleType] = {
    "/v1/chat/completions": openai_wire,
    "/v1/responses": responses_wire,
    "/v1/messages": anthropic_wire,
    "/api/chat": ollama_wire,
}
_EMBEDDINGS = ("/v1/embeddings", "/api/embed")

Answering = Callable[[Asked], Reply]


class Provider:
    """Answers with the replies in their order, and with the last one from then on; or as `answering` says.

    Any key but `GOOD_KEY` is refused (by Ollama, if one is sent).
    """

    def __init__(self, *replies: Reply, answering: Answering | None = None) -> None:
        self._replies = deque(replies)
        self._last = replies[-1] if replies else Reply(text="Yes.")
        self._answering = answering
        self._lock = threading.Lock()
        self.asked: list[Asked] = []
        self.hung_up = threading.Event()
        """Set when a client left before it had the whole answer."""
        self.url = ""

    def next_reply(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            if self._answering is not None:
                return self._answering(asked)
            return self._replies.popleft() if self._replies else self._last

    def environment(self, key: str = GOOD_KEY) -> dict[str, str]:
        """What makes the providers' own clients come here."""
        return {
            "OPENAI_API_KEY": key,
            "OPENAI_BASE_URL": f"{self.url}/v1",
            "OPENAI_API_BASE": f"{self.url}/v1",
            "ANTHROPIC_API_KEY": key,
            "ANTHROPIC_BASE_URL": self.url,
            "OLLAMA_HOST": self.url,
            "VOYAGE_API_KEY": key,
        }


@contextmanager
def serving(provider: Provider) -> Generator[Provider]:
    class Handler(_Handler):
        serves = provider

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    serves: Provider

    def end_headers(self) -> None:
        """No connection is kept, as nobody closes the clients of models."""
        self.send_header("Connection", "close")
        super().end_headers()

    def do_POST(self) -> None:
        body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = Asked(self.path, body, {name.lower(): value for name, value in self.headers.items()})
        if self.path in _EMBEDDINGS:
            self._embed(asked, self.serves.next_reply(asked))
            return
        wire: Any = _WIRES.get(self.path)
        if wire is None:
            self._send(404, b'{"error": {"message": "There is nothing here.", "type": "not_found_error"}}')
            return
        key = wire.key_of(asked)
        if key != GOOD_KEY and (key or wire is not ollama_wire):
            reply = Reply(status=401, error="The key is wrong.")
        else:
            reply = self.serves.next_reply(asked)
        self._answer(wire, asked, _as_asked(asked, reply))

    def _embed(self, asked: Asked, reply: Reply) -> None:
        time.sleep(reply.delay)
        try:
            if reply.status != 200:
                self._send(reply.status, openai_wire.error(reply.status, reply), reply.headers.items())
            else:
                self._send(200, embedding_wire.answer(asked))
        except (BrokenPipeError, ConnectionResetError):
            self.serves.hung_up.set()
            self.close_connection = True

    def _answer(self, wire: Any, asked: Asked, reply: Reply) -> None:
        time.sleep(reply.delay)
        try:
            if reply.status != 200:
                self._send(reply.status, wire.error(reply.status, reply), reply.headers.items())
            elif wire is ollama_wire or asked.streams:
                self._stream(reply, wire.stream(asked, reply))
            else:
                self._send(200, wire.whole(asked, reply))
        except (BrokenPipeError, ConnectionResetError):
            self.serves.hung_up.set()
            self.close_connection = True

    def _send(self, status: int, body: bytes, headers: Iterable[tuple[str, str]] = ()) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, reply: Reply, pieces: Iterator[bytes]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number, piece in enumerate(pieces):
            if reply.cut_after is not None and number >= reply.cut_after:
                self.close_connection = True
                return
            time.sleep(reply.pause)
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: Any) -> None:
        return


def _as_asked(asked: Asked, reply: Reply) -> Reply:
    """A text where the request leaves no choice but a tool is the arguments of that tool."""
    tool = forced_tool(asked.body)
    if tool is None or reply.tool_uses or reply.status != 200 or reply.refuses:
        return reply
    return replace(reply, text="", tool_uses=(ToolUse(tool, reply.text),))
