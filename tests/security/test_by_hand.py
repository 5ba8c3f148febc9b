"""Commands that come past the API, by a client of one's own."""

from __future__ import annotations

import asyncio
import uuid

from temporalio.client import Client

from tests.integration.api.conftest import Site
from workflows.contract import SUBMIT_SIGNAL
from workflows.converter import data_converter

from .conftest import Everybody, new_book


async def test_by_hand_a_person_is_who_the_assertion_says(site: Site, everybody: Everybody) -> None:
    assert site.addresses.temporal_address is not None
    book = await new_book(site.api, everybody.ours, everybody.account("lead"))
    given = (await book.client.post(f"{book.url}/assertions")).json()
    async with site.api.client(everybody.account("viewer").token) as viewer:
        of_viewer = (await viewer.post(f"{book.url}/assertions")).json()
    client = await Client.connect(site.addresses.temporal_address, data_converter=data_converter())
    handle = client.get_workflow_handle(given["workflow_id"])

    def submission(actor: object, proof: str, title: str) -> dict[str, object]:
        command = {"type": "rename", "command_id": str(uuid.uuid4()), "title": title}
        return {"entries": [{"actor": actor, "proof": proof, "command": command}]}

    forged = [
        submission(given["actor"], "", "Forged"),
        submission(given["actor"], of_viewer["proof"], "Forged"),
        submission(of_viewer["actor"], given["proof"], "Forged"),
        submission(of_viewer["actor"], of_viewer["proof"], "Forged"),
    ]
    for one in forged:
        await handle.signal(SUBMIT_SIGNAL, one)
    await handle.signal(SUBMIT_SIGNAL, submission(given["actor"], given["proof"], "By hand"))
    async with asyncio.timeout(20):
        while (await book.client.get(book.url)).json()["title"] != "By hand":
            await asyncio.sleep(0.05)
    saved = await book.done("rename", title="Over HTTP")
    titles = [
        event["data"]["title"]
        for event in (await book.client.get(f"{book.url}/events")).json()["items"]
        if event["type"] == "renamed"
    ]
    assert titles == ["By hand", "Over HTTP"]
    assert saved["rev"] == 3
    await book.client.aclose()
