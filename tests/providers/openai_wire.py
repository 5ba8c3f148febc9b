"""OpenAI's chat completions, as they go over the wire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.providers.script import Asked, Reply, ToolUse, dumped

Json = dict[str, Any]


def key_of(asked: Asked) -> str:
    return asked.headers.get("authorization", "").removeprefix("Bearer ")


def error(status: int, reply: Reply) -> bytes:
    kind = "requests" if status == 429 else "invalid_request_error" if status < 500 else "server_error"
    body = {
        "message": reply.error,
        "type": kind,
        "param": None,
        "code": reply.error_code or {401: "invalid_api_key", 429: "rate_limit_exceeded"}.get(status),
    }
    return dumped({"error": body})


def _usage(reply: Reply) -> Json:
    return {
        "prompt_tokens": reply.tokens_in,
        "completion_tokens": reply.tokens_out,
        "total_tokens": reply.tokens_in + reply.tokens_out,
        "prompt_tokens_details": {"cached_tokens": reply.tokens_cached},
    }


def _finish(reply: Reply) -> str:
    if reply.refuses:
        return "content_filter"
    if reply.is_cut_short:
        return "length"
    return "tool_calls" if reply.tool_uses else "stop"


def _tool_call(use: ToolUse) -> Json:
    return {"id": use.id, "type": "function", "function": {"name": use.name, "arguments": use.arguments}}


def whole(asked: Asked, reply: Reply) -> bytes:
    message: Json = {"role": "assistant", "content": None if reply.refuses else reply.text, "refusal": None}
    if reply.refuses:
        message["refusal"] = reply.text
    if reply.tool_uses:
        message["tool_calls"] = [_tool_call(use) for use in reply.tool_uses]
    finish = "stop" if reply.refuses else _finish(reply)
    choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
    return dumped(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": asked.body["model"],
            "choices": [choice],
            "usage": _usage(reply),
        }
    )


def stream(asked: Asked, reply: Reply) -> Iterator[bytes]:
    """The pieces, then the end. An error midway comes as the service sends it."""

    def chunk(delta: Json, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return _event({**_head(asked), "choices": [choice], "usage": None})

    yield chunk({"role": "assistant", "content": "", "refusal": None})
    for piece in reply.pieces():
        yield chunk({"content": piece})
    for index, use in enumerate(reply.tool_uses):
        call = {**_tool_call(use), "index": index}
        yield chunk({"tool_calls": [{**call, "function": {"name": use.name, "arguments": ""}}]})
        for piece in reply.argument_pieces(use):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    if reply.error_midway:
        yield _event({"error": {"message": reply.error_midway, "type": "server_error", "code": None}})
        return
    if reply.ends_silently:
        return
    yield chunk({}, _finish(reply))
    options: Json = asked.body.get("stream_options") or {}
    if options.get("include_usage"):
        yield _event({**_head(asked), "choices": [], "usage": _usage(reply)})
    yield b"data: [DONE]\n\n"


def _head(asked: Asked) -> Json:
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": asked.body["model"]}


def _event(data: Json) -> bytes:
    return b"data: " + dumped(data) + b"\n\n"
