"""Ollama's chat, as it goes over the wire: a JSON object for each line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.providers.script import Asked, Reply, dumped

Json = dict[str, Any]


def key_of(asked: Asked) -> str:
    return asked.headers.get("authorization", "").removeprefix("Bearer ")


def error(status: int, reply: Reply) -> bytes:
    return dumped({"error": reply.error})


def stream(asked: Asked, reply: Reply) -> Iterator[bytes]:
    """The pieces, then the end. Calls of tools come whole. An error midway comes as the service sends it."""

    def line(message: Json, **more: Any) -> bytes:
        fields = {"model": asked.body["model"], "created_at": "2026-01-01T00:00:00Z", "message": message}
        return dumped({**fields, "done": False, **more}) + b"\n"

    for piece in reply.pieces():
        yield line({"role": "assistant", "content": piece})
    for use in reply.tool_uses:
        call = {"function": {"name": use.name, "arguments": use.as_object}}
        yield line({"role": "assistant", "content": "", "tool_calls": [call]})
    if reply.error_midway:
        yield dumped({"error": reply.error_midway}) + b"\n"
        return
    if reply.ends_silently:
        return
    yield line(
        {"role": "assistant", "content": ""},
        done=True,
        done_reason="length" if reply.is_cut_short else "stop",
        total_duration=1,
        load_duration=1,
        prompt_eval_count=reply.tokens_in,
        prompt_eval_duration=1,
        eval_count=reply.tokens_out,
        eval_duration=1,
    )
