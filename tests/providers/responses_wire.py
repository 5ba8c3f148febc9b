"""OpenAI's responses, as they go over the wire: what its newer models are asked through when they have tools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.providers.openai_wire import error, key_of
from tests.providers.script import Asked, Reply, ToolUse, dumped

__all__ = ["error", "key_of", "stream", "whole"]

Json = dict[str, Any]


def whole(asked: Asked, reply: Reply) -> bytes:
    return dumped(_response(asked, reply, _status(reply)))


def stream(asked: Asked, reply: Reply) -> Iterator[bytes]:
    """The pieces, then the end. An error midway comes as the service sends it."""
    number = -1

    def event(kind: str, **fields: Any) -> bytes:
        nonlocal number
        number += 1
        data = dumped({"type": kind, "sequence_number": number, **fields})
        return b"event: " + kind.encode() + b"\ndata: " + data + b"\n\n"

    yield event("response.created", response={**_response(asked, Reply(), "in_progress"), "output": [], "usage": None})
    at = 0
    if reply.text:
        place = {"output_index": at, "item_id": "msg_1", "content_index": 0}
        item: Json = {**_message(reply), "status": "in_progress", "content": []}
        yield event("response.output_item.added", output_index=at, item=item)
        if reply.refuses:
            yield event("response.refusal.done", refusal=reply.text, **place)
        else:
            for piece in reply.pieces():
                yield event("response.output_text.delta", delta=piece, logprobs=[], **place)
            yield event("response.output_text.done", text=reply.text, logprobs=[], **place)
        yield event("response.output_item.done", output_index=at, item=_message(reply))
        at += 1
    for use in reply.tool_uses:
        item = {**_call(use), "arguments": "", "status": "in_progress"}
        yield event("response.output_item.added", output_index=at, item=item)
        for piece in reply.argument_pieces(use):
            yield event("response.function_call_arguments.delta", output_index=at, item_id=f"fc_{use.id}", delta=piece)
        yield event("response.output_item.done", output_index=at, item=_call(use))
        at += 1
    if reply.error_midway:
        yield event("error", code="server_error", message=reply.error_midway, param=None)
        return
    if reply.ends_silently:
        return
    status = _status(reply)
    yield event(f"response.{status}", response=_response(asked, reply, status))


def _status(reply: Reply) -> str:
    return "incomplete" if reply.is_cut_short else "completed"


def _message(reply: Reply) -> Json:
    said: Json = (
        {"type": "refusal", "refusal": reply.text}
        if reply.refuses
        else {"type": "output_text", "text": reply.text, "annotations": [], "logprobs": []}
    )
    return {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [said]}


def _call(use: ToolUse) -> Json:
    return {
        "type": "function_call",
        "id": f"fc_{use.id}",
        "call_id": use.id,
        "name": use.name,
        "arguments": use.arguments,
        "status": "completed",
    }


def _response(asked: Asked, reply: Reply, status: str) -> Json:
    output = [_message(reply)] if reply.text else []
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": asked.body["model"],
        "status": status,
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
        "instructions": None,
        "metadata": {},
        "output": [*output, *(_call(use) for use in reply.tool_uses)],
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": {
            "input_tokens": reply.tokens_in,
            "input_tokens_details": {"cached_tokens": reply.tokens_cached},
            "output_tokens": reply.tokens_out,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": reply.tokens_in + reply.tokens_out,
        },
    }
