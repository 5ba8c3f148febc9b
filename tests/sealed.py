"""Histories in clear, and every payload in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from google.protobuf.message import Message
from temporalio.api.common.v1 import Header, Payload
from temporalio.api.history.v1 import History
from temporalio.client import WorkflowHistory

from vault import KeyRing
from vault.payloads import is_sealed_payload, opened


async def in_clear(ring: KeyRing, history: WorkflowHistory) -> WorkflowHistory:
    """The same history with nothing sealed. Raises a VaultError where a key is gone."""
    events = History.FromString(History(events=history.events).SerializeToString()).events
    for event in events:
        for payload in payloads_in(event):
            if is_sealed_payload(payload):
                payload.CopyFrom(await opened(ring, payload))
    return WorkflowHistory(history.workflow_id, events)


def payloads_in(message: Message) -> Iterator[Payload]:
    """Every payload anywhere in a message of Temporal but in search attributes and headers, which no codec touches."""
    if isinstance(message, Payload):
        yield message
    elif not isinstance(message, Header):
        for part in _parts(message):
            yield from payloads_in(part)


def headers_in(message: Message) -> Iterator[Header]:
    if isinstance(message, Header):
        yield message
    else:
        for part in _parts(message):
            yield from headers_in(part)


def _parts(message: Message) -> Iterator[Message]:
    for field, value in message.ListFields():
        if field.message_type is not None and field.name not in ("search_attributes", "indexed_fields"):
            yield from _messages(value)


def _messages(value: object) -> Iterator[Message]:
    """One message, a list of them, or a map to them."""
    if isinstance(value, Message):
        yield value
    elif isinstance(value, Mapping):
        yield from _messages(list(cast("Mapping[str, object]", value).values()))
    elif isinstance(value, Sequence):
        yield from (each for each in cast("Sequence[object]", value) if isinstance(each, Message))
