"""Anthropic's messages, as they go over the wire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.providers.script import Asked, Reply, dumped

Json = dict[str, Any]

_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


def key_of(asked: Asked) -> str:
    """Clients send it in one of two headers."""
    return asked.headers.get("x-api-key") or asked.headers.get("authorization", "").removeprefix("Bearer ")


def error(status: int, reply: Reply) -> bytes:
    return dumped(_error(reply.error_code or _KINDS.get(status, "api_error"), reply.error))


def _error(kind: str, message: str) -> Json:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}


def _stop_reason(reply: Reply) -> str:
    if reply.refuses:
        return "refusal"
    if reply.is_cut_short:
        return "max_tokens"
    return "tool_use" if reply.tool_uses else "end_turn"


def _input_usage(reply: Reply) -> Json:
    return {
        "input_tokens": reply.tokens_in - reply.tokens_cached,
        "cache_read_input_tokens": reply.tokens_cached,
        "cache_creation_input_tokens": 0,
    }


def whole(asked: Asked, reply: Reply) -> bytes:
    content: list[Json] = [{"type": "text", "text": reply.text}] if reply.text else []
    content += [{"type": "tool_use", "id": use.id, "name": use.name, "input": use.as_object} for use in reply.tool_uses]
    return dumped(
        {
            **_head(asked),
            "content": content,
            "stop_reason": _stop_reason(reply),
            "usage": {**_input_usage(reply), "output_tokens": reply.tokens_out},
        }
    )


def stream(asked: Asked, reply: Reply) -> Iterator[bytes]:
    """The pieces, then the end. An error midway comes as the service sends it."""
    usage = {**_input_usage(reply), "output_tokens": 1}
    yield _event("message_start", message={**_head(asked), "content": [], "stop_reason": None, "usage": usage})
    yield _event("ping")
    index = 0
    if reply.text:
        yield _event("content_block_start", index=index, content_block={"type": "text", "text": ""})
        for piece in reply.pieces():
            yield _event("content_block_delta", index=index, delta={"type": "text_delta", "text": piece})
        yield _event("content_block_stop", index=index)
        index += 1
    for use in reply.tool_uses:
        block: Json = {"type": "tool_use", "id": use.id, "name": use.name, "input": {}}
        yield _event("content_block_start", index=index, content_block=block)
        for piece in reply.argument_pieces(use):
            yield _event("content_block_delta", index=index, delta={"type": "input_json_delta", "partial_json": piece})
        yield _event("content_block_stop", index=index)
        index += 1
    if reply.error_midway:
        yield _event("error", **_error("overloaded_error", reply.error_midway))
        return
    if reply.ends_silently:
        return
    delta = {"stop_reason": _stop_reason(reply), "stop_sequence": None}
    yield _event("message_delta", delta=delta, usage={**_input_usage(reply), "output_tokens": reply.tokens_out})
    yield _event("message_stop")


def _head(asked: Asked) -> Json:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": asked.body["model"],
        "stop_sequence": None,
    }


def _event(kind: str, **fields: Any) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + dumped({"type": kind, **fields}) + b"\n\n"
