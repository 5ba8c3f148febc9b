"""Connections that can be cut, held up and slowed: TCP proxies in this process."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from contextlib import suppress
from typing import Literal

from deploy.embedded.services import HOST

CHUNK = 65_536
HELD_LOOK_SECONDS = 0.05
RESET = struct.pack("ii", 1, 0)

Weather = Literal["fair", "cut", "hold", "delay"]


class Proxy:
    """Passes bytes on from its port to another. `cut`: connections are reset and refused; `hold`: nothing passes, and
    nobody is told; `delay`: every piece waits 20 to 200 ms."""

    def __init__(self, name: str, port: int, target_port: int, rng: random.Random) -> None:
        self.name = name
        self.port = port
        self._target_port = target_port
        self._rng = rng
        self._weather: Weather = "fair"
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._fair = asyncio.Event()
        self._fair.set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, HOST, self.port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._reset_all()

    def set(self, weather: Weather) -> None:
        self._weather = weather
        if weather == "cut":
            self._reset_all()
        if weather == "hold":
            self._fair.clear()
        else:
            self._fair.set()

    def heal(self, *, drop_held: bool = False) -> None:
        """Everything passes again; `drop_held`: what was held up never arrives, its connections are reset."""
        if drop_held:
            self._reset_all()
        self.set("fair")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._weather == "cut":
            _reset(writer)
            return
        self._open.add(writer)
        try:
            await self._fair.wait()
            far_reader, far_writer = await asyncio.open_connection(HOST, self._target_port)
        except OSError:
            self._open.discard(writer)
            _reset(writer)
            return
        self._open.add(far_writer)
        ways = [
            asyncio.create_task(self._pass_on(reader, far_writer)),
            asyncio.create_task(self._pass_on(far_reader, writer)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        await self._fair.wait()
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, far_writer):
            self._open.discard(end)
            self._end(end)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(CHUNK):
                await self._fair.wait()
                if self._weather == "delay":
                    await asyncio.sleep(self._rng.uniform(0.02, 0.2))
                writer.write(piece)
                await writer.drain()

    def _end(self, writer: asyncio.StreamWriter) -> None:
        if self._weather == "cut":
            _reset(writer)
        else:
            writer.close()

    def _reset_all(self) -> None:
        for writer in list(self._open):
            _reset(writer)
        self._open.clear()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Ends a connection by RST, as a machine that is gone would have it."""
    connection: socket.socket | None = writer.get_extra_info("socket")
    if connection is not None:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    with suppress(Exception):
        writer.transport.abort()
