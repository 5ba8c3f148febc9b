"""Clients that listen to the stream of a book, lose it and come back, each time from their last event id."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx

from tests.chaos.history import Heard, Recording, digest
from tests.chaos.site import APIS, Site

SILENCE_SECONDS = 20.0
"""Longer than the heartbeat: who hears nothing for so long takes the connection for dead, as browsers' pages do."""
LONGEST_WITH_ONE_API_SECONDS = 25.0


class Listener:
    """Listens from the first event on. `seq` and `talk` say how far it is."""

    def __init__(
        self, name: str, site: Site, token: str, cim_id: str, recording: Recording, rng: random.Random
    ) -> None:
        self.name = name
        self.cim_id = cim_id
        self.seq = 0
        self.talk = 0
        self._site = site
        self._token = token
        self._recording = recording
        self._rng = rng

    async def listen(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with asyncio.timeout(self._rng.uniform(3.0, LONGEST_WITH_ONE_API_SECONDS)):
                    await self._listen_once(self._site.url(self._rng.choice(APIS)))
            except (TimeoutError, httpx.HTTPError):
                pass
            await asyncio.sleep(self._rng.uniform(0.1, 0.6))

    async def _listen_once(self, url: str) -> None:
        headers = {"Authorization": f"Bearer {self._token}", "Last-Event-ID": f"{self.seq}.{self.talk}"}
        timeout = httpx.Timeout(5.0, read=SILENCE_SECONDS)
        async with (
            httpx.AsyncClient(base_url=url, headers=headers, timeout=timeout, trust_env=False) as client,
            client.stream("GET", f"/cims/{self.cim_id}/stream") as answer,
        ):
            if not answer.is_success:
                return
            async with aclosing(messages(answer)) as heard:
                async for message in heard:
                    if "id" in message:
                        self._take(message)

    def _take(self, message: dict[str, str]) -> None:
        seq, _, talk = message["id"].partition(".")
        is_event = int(seq) != self.seq
        self.seq, self.talk = int(seq), int(talk or 0)
        self._recording.add(
            Heard(
                at=self._recording.now,
                listener=self.name,
                cim_id=self.cim_id,
                type=message["event"],
                seq=self.seq,
                talk=self.talk,
                digest=digest(json.loads(message["data"])) if is_event else "",
            )
        )


async def messages(answer: httpx.Response) -> AsyncGenerator[dict[str, str]]:
    """Whole messages only: what is cut off in the middle was never there, as in a browser."""
    message: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            message[name] = value
        elif message:
            yield message
            message = {}
