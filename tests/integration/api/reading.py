"""A client of the event stream, as a browser is one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import httpx

PATIENCE_SECONDS = 20


@dataclass
class Message:
    id: str | None
    event: str
    data: Any

    @property
    def seq(self) -> int:
        """How far the log was read with this message."""
        assert self.id is not None
        return int(self.id.partition(".")[0])


class Reader:
    """A client of the stream that keeps its cursor, as a browser does. `seqs` are the events of the log that it got."""

    def __init__(self, client: httpx.AsyncClient, url: str, cursor: str | None = "0") -> None:
        self.client = client
        self.url = url
        self.cursor = cursor
        self.seqs: list[int] = []

    async def messages(self) -> AsyncGenerator[Message]:
        headers = {} if self.cursor is None else {"Last-Event-ID": self.cursor}
        async with self.client.stream("GET", f"{self.url}/stream", headers=headers) as response:
            assert response.status_code == 200, await response.aread()
            assert response.headers["content-type"].startswith("text/event-stream")
            fields: dict[str, str] = {}
            async for line in response.aiter_lines():
                if line:
                    name, _, value = line.partition(":")
                    if name:
                        fields[name] = value.removeprefix(" ")
                    continue
                if "data" in fields:
                    message = Message(fields.get("id"), fields["event"], json.loads(fields["data"]))
                    if message.id is not None:
                        self.cursor = message.id
                        if "seq" in message.data and message.event != "ready":
                            self.seqs.append(message.data["seq"])
                            assert message.seq == self.seqs[-1]
                    yield message
                fields = {}

    async def until_seq(self, seq: int) -> None:
        if self.seqs and self.seqs[-1] >= seq:
            return
        async with asyncio.timeout(PATIENCE_SECONDS), aclosing(self.messages()) as messages:
            async for message in messages:
                if message.id is not None and message.seq >= seq:
                    return
        raise AssertionError(f"the stream ended at {self.cursor}")

    async def until_event(self, event: str) -> Message:
        async with asyncio.timeout(PATIENCE_SECONDS), aclosing(self.messages()) as messages:
            async for message in messages:
                if message.event == event:
                    return message
        raise AssertionError(f"the stream ended without {event}")
