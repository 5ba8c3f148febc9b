"""Looks at everything when the storm is over: waits until it has come to rest, then writes down what is there."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
from pymongo.errors import PyMongoError
from temporalio.client import Client
from temporalio.service import RPCError

from domain.state import CIMState
from store import Store
from store.erasure import TOMBSTONES
from store.ids import event_key
from store.log import EVENTS
from store.notices import NOTICES
from store.server import Server
from tests.chaos.checks.talks import OVER
from tests.chaos.found import FoundBook
from tests.chaos.listeners import Listener
from tests.chaos.site import APIS, Site
from vault import LocalMasterKeys
from vault.payloads import PayloadSeal
from workflows.contract import STATE_QUERY, cim_workflow_id
from workflows.converter import data_converter
from workflows.places import WorkflowPlaces

PAGE = 500
PAST_SAMPLES = 6
LOOK_SECONDS = 0.5
DATABASE = "bookrunner"


class Looker:
    """Reads books as a person does, and the state of their workflows."""

    def __init__(
        self, http: httpx.AsyncClient, store: Store, server: Server, temporal: Client, org_id: str, rng: random.Random
    ) -> None:
        self._http = http
        self._store = store
        self._server = server
        self._temporal = temporal
        self._org_id = org_id
        self._rng = rng

    @classmethod
    @asynccontextmanager
    async def open(cls, site: Site, token: str, org_id: str, rng: random.Random) -> AsyncGenerator[Looker]:
        addresses = site.stack.addresses
        assert addresses.mongodb_url is not None
        assert addresses.temporal_address is not None
        masters = LocalMasterKeys.given({}, "", Path(addresses.master_keys_file or ""))
        store = await Store.connect(addresses.mongodb_url, DATABASE, masters)
        server = Server(addresses.mongodb_url, DATABASE)
        seal = PayloadSeal(store.keys, WorkflowPlaces(store))
        temporal = await Client.connect(addresses.temporal_address, data_converter=data_converter(seal))
        headers = {"Authorization": f"Bearer {token}"}
        try:
            async with httpx.AsyncClient(
                base_url=site.direct_url(APIS[0]), headers=headers, timeout=60.0, trust_env=False
            ) as http:
                yield cls(http, store, server, temporal, org_id, rng)
        finally:
            await store.close()
            await server.close()

    async def rest(self, cim_ids: list[str], listeners: list[Listener], seconds: float) -> dict[str, str]:
        """What has not come to rest within the time, by book: nothing for all that have."""
        ends, unrest = time.monotonic() + seconds, dict.fromkeys(cim_ids, "not looked at")
        while unrest and time.monotonic() < ends:
            for cim_id in list(unrest):
                why = await self._unrest(cim_id, [one for one in listeners if one.cim_id == cim_id])
                if why:
                    unrest[cim_id] = why
                else:
                    del unrest[cim_id]
            if unrest:
                await asyncio.sleep(LOOK_SECONDS)
        return unrest

    async def found(self, cim_ids: list[str], unrest: dict[str, str]) -> list[FoundBook]:
        """Every book that there is, and those in `cim_ids` also where they are gone."""
        titles = {head["id"]: head["title"] for head in await self._pages("/cims", 100)}
        return [
            await self._book(cim_id, titles.get(cim_id, ""), unrest.get(cim_id, ""))
            for cim_id in dict.fromkeys((*cim_ids, *titles))
        ]

    async def _unrest(self, cim_id: str, listeners: list[Listener]) -> str:
        try:
            head = await self._get(f"/cims/{cim_id}")
            if head is None:
                left, at_work = await self._left(cim_id), await self._at_work(cim_id)
                return f"{left} is left, {at_work} are at work" if left or at_work else ""
            busy = [run["id"] for run in await self._pages(f"/cims/{cim_id}/runs", 100) if run["status"] not in OVER]
            if busy:
                return f"runs {busy} are not over"
            state = await self._state(cim_id)
            if state is None or state["rev"] != head["rev"]:
                return f"the head is at {head['rev']}, the workflow at {state['rev'] if state else None}"
            talk = await self._talk(cim_id)
        except (httpx.HTTPError, RPCError, PyMongoError) as error:
            return f"{type(error).__name__}: {error}"
        behind = [one for one in listeners if (one.seq, one.talk) != (head["rev"], talk)]
        return "".join(f"{one.name} is at {one.seq}.{one.talk} of {head['rev']}.{talk}; " for one in behind)

    async def _book(self, cim_id: str, title: str, unrest: str) -> FoundBook:
        head = await self._get(f"/cims/{cim_id}")
        if head is None:
            records = await self._store.log.events(cim_id, 0, PAGE)
            events = tuple(record.model_dump(mode="json") for record in records)
            return FoundBook(cim_id=cim_id, events=events, left=await self._left(cim_id), unrest=unrest)
        events = await self._pages(f"/cims/{cim_id}/events", PAGE, "after")
        seqs = {1, len(events), *(self._rng.randint(1, len(events)) for _ in range(PAST_SAMPLES))}
        slides = await self._get(f"/cims/{cim_id}/slides") or {"items": []}
        requests = await self._get(f"/cims/{cim_id}/requests?state=all") or {"items": []}
        threads: dict[str, tuple[dict[str, Any], ...]] = {}
        branches: dict[str, int] = {}
        for thread in (await self._get(f"/cims/{cim_id}/threads") or {"items": []})["items"]:
            threads[thread["id"]] = tuple(await self._messages(cim_id, thread["id"]))
            branches[thread["id"]] = len(thread["leaves"])
        return FoundBook(
            cim_id=cim_id,
            title=title,
            head=head,
            events=tuple(events),
            slides=tuple(slides["items"]),
            past={seq: await self._get(f"/cims/{cim_id}/at/{seq}") or {} for seq in sorted(seqs)},
            workflow=await self._state(cim_id),
            talk=await self._talk(cim_id),
            requests=tuple(requests["items"]),
            runs=tuple(await self._pages(f"/cims/{cim_id}/runs", 100)),
            threads=threads,
            branches=branches,
            unrest=unrest,
        )

    async def _left(self, cim_id: str) -> dict[str, int]:
        """Documents in the store by collection, but for the tombstone; notices pass by themselves."""
        database = await self._server.database()
        tombstone = await database[TOMBSTONES].find_one({"_id": cim_id})
        kept = event_key(cim_id, tombstone["seq"]) if tombstone is not None else ""
        left: dict[str, int] = {}
        for name in await database.list_collection_names():
            wanted = {"cim_id": cim_id, **({"_id": {"$ne": kept}} if name == EVENTS else {})}
            count = await database[name].count_documents(wanted)
            if count and name != NOTICES:
                left[name] = count
        return left

    async def _at_work(self, cim_id: str) -> list[str]:
        """The ids of the workflows of a book that are open."""
        found = self._temporal.list_workflows('ExecutionStatus = "Running"')
        return [one.id async for one in found if cim_id in one.id]

    async def _messages(self, cim_id: str, thread_id: str) -> list[dict[str, Any]]:
        """The whole branch, oldest first."""
        found: list[dict[str, Any]] = []
        before: str | None = None
        while True:
            asked = {"thread_id": thread_id, "limit": "200", **({"before": before} if before else {})}
            page = await self._get(f"/cims/{cim_id}/messages", asked) or {"items": [], "next_cursor": None}
            found = [*page["items"], *found]
            before = page["next_cursor"]
            if before is None:
                return found

    async def _talk(self, cim_id: str) -> int:
        page = await self._get(f"/cims/{cim_id}/messages", {"limit": "1"})
        return int(page["stream_cursor"].partition(".")[2]) if page else 0

    async def _state(self, cim_id: str) -> dict[str, Any] | None:
        handle = self._temporal.get_workflow_handle(cim_workflow_id(self._org_id, cim_id))
        state = await handle.query(STATE_QUERY, result_type=CIMState | None)  # pyright: ignore[reportArgumentType]
        return state.model_dump(mode="json") if isinstance(state, CIMState) else None

    async def _pages(self, path: str, limit: int, cursor_name: str = "cursor") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            asked = {"limit": str(limit), **({cursor_name: cursor} if cursor else {})}
            page = await self._get(path, asked) or {"items": [], "next_cursor": None}
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    async def _get(self, path: str, asked: dict[str, str] | None = None) -> dict[str, Any] | None:
        """None where there is no such thing. Raises httpx.HTTPError."""
        answer = await self._http.get(path, params=asked)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        return answer.raise_for_status().json()
