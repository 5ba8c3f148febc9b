"""Books over HTTP, as the benchmarks use them."""

from __future__ import annotations

import http.client
import itertools
import json
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from deploy.embedded.people import Person

SECTION = "s1"


class Desk:
    """One person's connection to the API. Any answer but the expected one is an error."""

    def __init__(self, http: httpx.AsyncClient, person: Person) -> None:
        self._http = http
        self._person = person

    @classmethod
    @asynccontextmanager
    async def open(cls, api_url: str, person: Person, connections: int = 100) -> AsyncGenerator[Desk]:
        async with httpx.AsyncClient(
            base_url=api_url,
            headers={"Authorization": f"Bearer {person.access_token}"},
            timeout=60.0,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        ) as http:
            yield cls(http, person)

    async def create(self) -> Book:
        answer = await self._http.post("/cims", json={"deal_id": self._person.deal_id, "title": "Bench"})
        answer.raise_for_status()
        book = Book(self._http, answer.json()["id"])
        await book.send({"type": "save_outline", "sections": [{"id": SECTION, "title": "Section"}]})
        return book


class Book:
    def __init__(self, http: httpx.AsyncClient, cim_id: str) -> None:
        self.cim_id = cim_id
        self._http = http
        self._numbers = itertools.count(1)

    async def send(self, *commands: dict[str, object]) -> int:
        """The revision after the commands; raises when one was not carried out at once."""
        numbered = [{"command_id": str(uuid.uuid4()), **command} for command in commands]
        answer = await self._http.post(
            f"/cims/{self.cim_id}/commands", json=numbered[0] if len(numbered) == 1 else numbered
        )
        if answer.status_code != HTTPStatus.OK:
            raise RuntimeError(f"{answer.status_code} {answer.text[:300]}")
        results = answer.json()["results"]
        problems = [result["problem"] for result in results if result.get("problem")]
        if problems:
            raise RuntimeError(json.dumps(problems[0]))
        return max(result["rev"] for result in results)

    async def save_slide(self, bytes_: int = 5_000, slide_id: str = "slide1") -> int:
        return await self.send(self.slide_command(bytes_, slide_id))

    def slide_command(self, bytes_: int, slide_id: str) -> dict[str, object]:
        text = f"{next(self._numbers)} " + "x" * bytes_
        return {
            "type": "save_slide",
            "slide": {
                "id": slide_id,
                "section_id": SECTION,
                "title": "Slide",
                "layout_type": "text",
                "components": [{"type": "text", "text": text}],
            },
        }

    def rename_command(self) -> dict[str, object]:
        return {"type": "rename", "title": f"Title {next(self._numbers)}"}

    async def rename(self) -> int:
        return await self.send(self.rename_command())

    async def arrivals(self, count: int, seconds: dict[int, float]) -> None:
        """Fills in when each of the next `count` events of the stream arrived, by seq."""
        head = (await self._http.get(f"/cims/{self.cim_id}")).json()
        async with self._http.stream(
            "GET", f"/cims/{self.cim_id}/stream", headers={"Last-Event-ID": str(head["rev"])}
        ) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("id:"):
                    seconds[int(line[3:])] = time.perf_counter()
                    if len(seconds) == count:
                        return


class Wire:
    """One kept-alive connection of the standard library: a client that costs little beside what it measures."""

    def __init__(self, api_url: str, person: Person) -> None:
        address = urlsplit(api_url)
        assert address.hostname is not None
        self._connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        self._headers = {"Authorization": f"Bearer {person.access_token}", "Content-Type": "application/json"}

    def send(self, cim_id: str, command: dict[str, object]) -> None:
        """Raises RuntimeError unless the command was carried out."""
        body = json.dumps({"command_id": str(uuid.uuid4()), **command})
        self._connection.request("POST", f"/cims/{cim_id}/commands", body, self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != HTTPStatus.OK or b'"problem":{' in text:
            raise RuntimeError(f"{answer.status} {text[:300]!r}")

    def read(self, path: str) -> None:
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        answer.read()
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"GET {path}: {answer.status}")
