"""Books over HTTP, as the benchmarks use them."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
from pydantic import JsonValue

from deploy.embedded.people import Person

SECTION = "s1"
CARRIED_OUT_SECONDS = 60.0
PAUSE_SECONDS = 0.2
ENDS_OF_A_RUN = ("completed", "failed", "cancelled")
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Wire:
    """Kept-alive HTTP connections over plain streams: a client that costs little beside what it measures."""

    def __init__(self, api_url: str, access_token: str) -> None:
        address = urlsplit(api_url)
        assert address.hostname is not None
        assert address.port is not None
        self._host, self._port = address.hostname, address.port
        self._head = (
            f"Host: {address.netloc}\r\nAuthorization: Bearer {access_token}\r\nContent-Type: application/json\r\n"
        )
        self._idle: list[Connection] = []

    async def post(self, path: str, document: object) -> bytes:
        return await self._call("POST", path, json.dumps(document).encode())

    async def get(self, path: str) -> bytes:
        return await self._call("GET", path, b"")

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()

    def _kept(self) -> Connection | None:
        """One that the server has not closed meanwhile."""
        while self._idle:
            connection = self._idle.pop()
            if not connection[0].at_eof():
                return connection
            connection[1].close()
        return None

    async def _call(self, method: str, path: str, body: bytes) -> bytes:
        """The body of the answer. Raises RuntimeError unless it is a 200 or 202."""
        connection = self._kept() or await asyncio.open_connection(self._host, self._port)
        reader, writer = connection
        writer.write(f"{method} {path} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        answer = await reader.readexactly(int(length[1])) if length else b""
        self._idle.append(connection)
        if int(head[9:12]) not in (HTTPStatus.OK, HTTPStatus.ACCEPTED):
            raise RuntimeError(f"{method} {path}: {head[9:12]!r} {answer[:300]!r}")
        return answer


class Desk:
    """One person's connection to the API. Any answer but the expected one is an error."""

    def __init__(self, http: httpx.AsyncClient, wire: Wire, person: Person) -> None:
        self.http = http
        self.person = person
        self.wire = wire

    @classmethod
    @asynccontextmanager
    async def open(cls, api_url: str, person: Person) -> AsyncGenerator[Desk]:
        async with httpx.AsyncClient(
            base_url=api_url,
            headers={"Authorization": f"Bearer {person.access_token}"},
            timeout=60.0,
        ) as http:
            wire = Wire(api_url, person.access_token)
            try:
                yield cls(http, wire, person)
            finally:
                wire.close()

    async def create(self) -> Book:
        """With an outline."""
        book = await self.begin()
        await book.send({"type": "save_outline", "sections": [{"id": SECTION, "title": "Section"}]})
        return book

    async def begin(self) -> Book:
        answer = await self.http.post("/cims", json={"deal_id": self.person.deal_id, "title": "Bench"})
        if answer.is_error:
            raise RuntimeError(f"POST /cims: {answer.status_code} {answer.text[:300]}")
        return Book(self.http, self.wire, answer.json()["id"])


class Turn(NamedTuple):
    """How long it took, and the words of its answer with the seconds at which they came."""

    seconds: float
    deltas: list[tuple[str, float]]


class Book:
    def __init__(self, http: httpx.AsyncClient, wire: Wire, cim_id: str) -> None:
        self.cim_id = cim_id
        self._http = http
        self._wire = wire
        self._numbers = itertools.count(1)

    async def send(self, *commands: dict[str, object]) -> int:
        """The revision after the commands; raises when one was refused. What is on its way is asked for again."""
        numbered = [{"command_id": str(uuid.uuid4()), **command} for command in commands]
        body = numbered[0] if len(numbered) == 1 else numbered
        async with asyncio.timeout(CARRIED_OUT_SECONDS):
            while True:
                results = json.loads(await self._wire.post(f"/cims/{self.cim_id}/commands", body))["results"]
                problems = [result["problem"] for result in results if result.get("problem")]
                if problems:
                    raise RuntimeError(json.dumps(problems[0]))
                if all(result["status"] == "done" for result in results):
                    return max(result["rev"] for result in results)
                await asyncio.sleep(PAUSE_SECONDS)

    async def save_slide(self, bytes_: int = 5_000, slide_id: str = "slide1") -> int:
        return await self.send(self.slide_command(bytes_, slide_id))

    def slide_command(self, bytes_: int, slide_id: str) -> dict[str, object]:
        return slide_command(next(self._numbers), bytes_, slide_id)

    def rename_command(self) -> dict[str, object]:
        return {"type": "rename", "title": f"Title {next(self._numbers)}"}

    async def rename(self) -> int:
        return await self.send(self.rename_command())

    async def arrivals(self, count: int, seconds: dict[int, float]) -> None:
        """Fills in when each of the next `count` events of the stream arrived, by seq."""
        head = (await self._http.get(f"/cims/{self.cim_id}")).json()
        async with self._http.stream(
            "GET", f"/cims/{self.cim_id}/stream", headers={"Last-Event-ID": f"{head['rev']}.0"}
        ) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("id:"):
                    seconds[int(line[3:].partition(".")[0])] = time.perf_counter()
                    if len(seconds) == count:
                        return

    async def turn(self, text: str = "What is known of it?") -> Turn:
        """Asks the AI and listens, as a browser does, until its run is told as completed."""
        deltas: list[tuple[str, float]] = []
        async with (
            asyncio.timeout(CARRIED_OUT_SECONDS),
            self._http.stream("GET", f"/cims/{self.cim_id}/stream", timeout=None) as stream,
        ):
            events = _events(stream)
            while (await anext(events))[0] != "ready":
                pass
            began = time.perf_counter()
            sent = await self._http.post(f"/cims/{self.cim_id}/messages", json={"text": text, "mode": "ask"})
            run_id = sent.raise_for_status().json()["run_id"]
            async for event, data in events:
                if event == "delta":
                    deltas.append((str(data["text"]), time.perf_counter()))
                elif event == "run" and data["run_id"] == run_id and data["status"] in ENDS_OF_A_RUN:
                    if data["status"] != "completed":
                        raise RuntimeError(f"run {run_id}: {data}")
                    return Turn(time.perf_counter() - began, deltas)
        raise RuntimeError(f"the stream of {self.cim_id} ended before run {run_id}")


async def _events(stream: httpx.Response) -> AsyncGenerator[tuple[str, dict[str, JsonValue]]]:
    """What server-sent events are called, and their data."""
    event = ""
    async for line in stream.aiter_lines():
        name, _, value = line.partition(": ")
        if name == "event":
            event = value
        elif name == "data":
            yield event, json.loads(value)


def slide_command(number: int, bytes_: int = 5_000, slide_id: str = "slide1") -> dict[str, object]:
    """Another number makes another slide."""
    return {
        "type": "save_slide",
        "slide": {
            "id": slide_id,
            "section_id": SECTION,
            "title": "Slide",
            "layout_type": "text",
            "components": [{"type": "text", "text": f"{number} " + "x" * bytes_}],
        },
    }
