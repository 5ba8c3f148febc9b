"""Clients that send commands as people do: singly and in lists, again where the answer is unknown, wrongly at times."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import httpx

from tests.chaos.commands import KnownBook, Writer, is_sure, seen
from tests.chaos.history import Answered, Asked, CommandOutcome, HeadRead, Outcome, Recording, SentCommand
from tests.chaos.site import APIS, Site

WORTH_ANOTHER_TRY = frozenset({"access_unavailable", "evidence_unavailable"})
CALL_SECONDS = 12.0
MOST_RESENDS = 4
UNKNOWN_CODES = frozenset({"workflow_unavailable", "store_unavailable", "not_carried_out", "internal"})
"""Problems after which it may have happened all the same; every other says that nothing was changed."""


class Caller:
    """HTTP calls of one person to either API; a broken connection is an answer as well."""

    def __init__(self, site: Site, token: str) -> None:
        limits = httpx.Limits(max_keepalive_connections=4)
        self._clients = {
            api: httpx.AsyncClient(
                base_url=site.url(api),
                headers={"Authorization": f"Bearer {token}"},
                timeout=CALL_SECONDS,
                limits=limits,
                trust_env=False,
            )
            for api in APIS
        }

    async def close(self) -> None:
        await asyncio.gather(*(client.aclose() for client in self._clients.values()))

    async def call(self, api: str, method: str, path: str, **given: Any) -> tuple[int | None, Any]:
        """Status and body; no status where the answer never came whole."""
        try:
            answer = await self._clients[api].request(method, path, **given)
            return answer.status_code, answer.json() if answer.content else {}
        except (httpx.HTTPError, json.JSONDecodeError):
            return None, None

    async def patiently(self, rng: random.Random, method: str, path: str, seconds: float, **given: Any) -> Any:
        """The body of an answer below 300, from whichever API gives one. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while True:
                status, body = await self.call(rng.choice(APIS), method, path, **given)
                if status is not None and status < 300:
                    return body
                if status is not None and status not in (401, 403, 429, 500, 503):
                    raise AssertionError(f"{method} {path}: {status} {body}")
                await asyncio.sleep(0.3)


class Client:
    """One person at work on many books until told to stop."""

    def __init__(
        self,
        name: str,
        caller: Caller,
        books: list[KnownBook],
        recording: Recording,
        rng: random.Random,
        calls_per_second: float = 4.0,
    ) -> None:
        """`calls_per_second`: at most, on average; answers take their time besides."""
        self._name = name
        self._caller = caller
        self._books = books
        self._calls_per_second = calls_per_second
        self._recording = recording
        self._rng = rng
        self._writer = Writer(rng, name)

    async def work(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            await self._do_something(self._rng.choice(self._books))
            await asyncio.sleep(self._rng.expovariate(self._calls_per_second))

    async def open(self, book: KnownBook) -> None:
        """Gives a book its first contents."""
        commands = self._writer.opening()
        while any(result.outcome == "unknown" for result in await self._send(book, self._rng.choice(APIS), commands)):
            await asyncio.sleep(0.2)

    async def _do_something(self, book: KnownBook) -> None:
        chance = self._rng.random()
        if chance < 0.12:
            return await self._read(book)
        if chance < 0.16:
            return await self._send_nonsense(book)
        if chance < 0.18 and book.may_complete:
            commands = self._writer.finishing(book)
        elif chance < 0.30:
            commands = [self._writer.command(book) for _ in range(self._rng.randint(2, 8))]
        else:
            commands = [self._writer.command(book)]
        waits = self._rng.random() > 0.12
        api = self._rng.choice(APIS)
        for _ in range(1 + MOST_RESENDS):
            results = await self._send(book, api, commands, waits=waits)
            if all(_is_settled(result) for result in results) or self._rng.random() < 0.25:
                return
            await asyncio.sleep(self._rng.uniform(0.05, 1.5))
            api, waits = self._rng.choice(APIS), True

    async def _send(
        self, book: KnownBook, api: str, commands: list[dict[str, Any]], *, waits: bool = True
    ) -> tuple[CommandOutcome, ...]:
        call = self._recording.next_call()
        sent = tuple(
            SentCommand(
                command_id=one["command_id"],
                type=one["type"],
                expected_rev=one.get("expected_rev"),
                sure=is_sure(one, book),
            )
            for one in commands
        )
        self._recording.add(
            Asked(call=call, at=self._recording.now, client=self._name, api=api, cim_id=book.cim_id, commands=sent)
        )
        status, body = await self._caller.call(
            api,
            "POST",
            f"/cims/{book.cim_id}/commands",
            json=commands[0] if len(commands) == 1 else commands,
            headers={} if waits else {"Prefer": "respond-async"},
        )
        results = outcomes(status, body, [one["command_id"] for one in commands])
        self._recording.add(Answered(call=call, at=self._recording.now, status=status, results=results))
        if status in (200, 202):
            for result in body["results"]:
                book.learn(result["events"])
        return results

    async def _read(self, book: KnownBook) -> None:
        began, api = self._recording.now, self._rng.choice(APIS)
        status, body = await self._caller.call(api, "GET", f"/cims/{book.cim_id}")
        if status == 200:
            book.rev = max(book.rev, body["rev"])
            self._recording.add(
                HeadRead(began=began, at=self._recording.now, api=api, cim_id=book.cim_id, rev=body["rev"])
            )

    async def _send_nonsense(self, book: KnownBook) -> None:
        """Malformed, out of bounds, or with a field that nobody knows."""
        command = self._writer.command(book)
        wrong = self._rng.choice(("type", "field", "long", "rev"))
        match wrong:
            case "type":
                command = {**command, "type": "sell_the_company"}
            case "field":
                command = {**command, "colour": "blue"}
            case "long":
                command = {"type": "rename", "command_id": command["command_id"], "title": "x" * 400}
            case _:
                command = {**command, "expected_rev": -1}
        await self._send(book, self._rng.choice(APIS), [command])


def outcomes(status: int | None, body: Any, command_ids: list[str]) -> tuple[CommandOutcome, ...]:
    """What an answer says of each command of its call."""
    if status in (200, 202):
        return tuple(_outcome(result) for result in body["results"])
    outcome: Outcome = "unknown" if status is None else _of_problem(body)
    code = "" if status is None else body.get("code", "")
    return tuple(CommandOutcome(command_id=command_id, outcome=outcome, code=code) for command_id in command_ids)


def _outcome(result: dict[str, Any]) -> CommandOutcome:
    problem = result["problem"]
    outcome: Outcome = "done" if result["status"] == "done" else "unknown"
    if problem is not None:
        outcome = _of_problem(problem)
    return CommandOutcome(
        command_id=result["command_id"],
        outcome=outcome,
        accepted=result["status"] == "accepted",
        repeated=result["repeated"],
        rev=result["rev"],
        events=seen(result["events"]),
        code=problem["code"] if problem is not None else "",
    )


def _is_settled(result: CommandOutcome) -> bool:
    return result.outcome != "unknown" and result.code not in WORTH_ANOTHER_TRY


def _of_problem(problem: dict[str, Any]) -> Outcome:
    return "unknown" if problem.get("code", "internal") in UNKNOWN_CODES else "refused"
