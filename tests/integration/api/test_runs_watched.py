"""`python -m cli runs watch` in a terminal: a run is seen while it works, and when it is over."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import signal
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from deploy.embedded.places import CHECKOUT
from tests.providers.script import Reply

from .conftest import Site
from .speaking import SpeakingSite, run_over, say, speaking_site, until_it_says

LONG = "First sentence of many. " + "And one more of them. " * 200


@pytest.fixture(scope="module")
async def speaking(site: Site) -> AsyncIterator[SpeakingSite]:
    async with speaking_site(site) as found:
        yield found


class Terminal:
    """A command with a screen of its own. `seen` is all that came to it so far."""

    def __init__(self, *command: str, token: str) -> None:
        self._screen, its_end = pty.openpty()
        environment = {**os.environ, "BOOKRUNNER_TOKEN": token, "COLUMNS": "160", "TERM": "xterm"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", *command],
            cwd=CHECKOUT,
            env=environment,
            stdin=its_end,
            stdout=its_end,
            stderr=its_end,
        )
        os.close(its_end)
        os.set_blocking(self._screen, False)
        self.seen = ""

    async def until(self, *words: str) -> None:
        async with asyncio.timeout(60):
            while not all(word in self.seen for word in words):
                try:
                    self.seen += os.read(self._screen, 65_536).decode(errors="replace")
                except BlockingIOError:
                    assert self.process.poll() is None, self.seen
                    await asyncio.sleep(0.05)

    async def interrupted(self) -> int:
        """Its exit code after Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(30):
            while (code := self.process.poll()) is None:
                with contextlib.suppress(BlockingIOError, OSError):
                    self.seen += os.read(self._screen, 65_536).decode(errors="replace")
                await asyncio.sleep(0.05)
        return code

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._screen)


async def test_a_run_is_watched_from_its_beginning_to_its_end(speaking: SpeakingSite) -> None:
    speaking.voice.in_turn(Reply(text=LONG, pause=0.02))
    person = speaking.site.person("lead")
    async with speaking.site.client("lead") as client:
        book = await speaking.book(client)
        sent = await say(book, "Tell me.")
        await until_it_says(book, sent["answer_ids"][0], "First sentence")
        command = ("runs", "watch", "--run", sent["run_id"], "--api", speaking.site.api.url)
        terminal = Terminal(*command, token=person.access_token)
        try:
            await terminal.until("running", "assistant", sent["run_id"])
            assert (await client.post(f"/runs/{sent['run_id']}/cancel")).status_code == 202
            await run_over(client, sent["run_id"])
            await terminal.until("cancelled", "Stopped.")
            assert await terminal.interrupted() == 0
        finally:
            terminal.close()
