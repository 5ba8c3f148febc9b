"""What a book holds is in no log, history, search attribute or database in clear; and lost for good with its keys."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from pymongo import MongoClient
from temporalio.client import Client, WorkflowHistory

from cli.demo.client import BookClient
from deploy.embedded.people import Person
from deploy.embedded.places import CHECKOUT
from deploy.embedded.product import fresh_product
from deploy.embedded.supervisor import RunningStack
from settings import Settings
from store import Store
from tests.sealed import in_clear, payloads_in
from vault import KeysDestroyed, LocalMasterKeys, is_sealed
from vault.payloads import is_sealed_payload, opened

pytestmark = pytest.mark.timeout(400)

MARK = "zqxvbluecan"
"""In everything that people give the product: no word of any language or library."""
WORDS = {
    part: f"{MARK}{part}"
    for part in (
        "title", "persona", "hero", "thesis", "section", "slide", "notes", "message", "instruction", "document",
        "filename", "entity", "decision", "renamed", "refused", "steer",
    )
}  # fmt: skip
DOCUMENT = f"""# {WORDS["document"]}

Revenue of {WORDS["document"]} was 12.5 million USD in fiscal 2024, after 10.0 million USD in fiscal 2023.
The largest customer of {WORDS["document"]} brings 14% of revenue.
"""


@dataclass
class Told:
    """The stack after a short life of a book, and what was taken from it."""

    running: RunningStack
    data: Path
    lead: Person
    cim_id: str
    dump: list[bytes]
    """Every binary value of every document of MongoDB."""
    clear: str
    """Everything else in MongoDB."""
    histories: list[WorkflowHistory]
    attributes: str

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "BOOKRUNNER_DATA_DIR": str(self.data)}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with fresh_product() as (running, data):
        lead = next(person for person in running.addresses.people() if person.role == "lead")
        cim_id = _live(running, lead, tmp_path_factory.mktemp("files"))
        dump, clear = _dumped(running)
        histories, attributes = asyncio.run(_histories(running))
        yield Told(running, data, lead, cim_id, dump, clear, histories, attributes)


def _live(running: RunningStack, lead: Person, folder: Path) -> str:
    """A short life of a book, with something of everything in it."""
    file = folder / f"{WORDS['filename']}.md"
    file.write_text(DOCUMENT)
    broken = folder / f"{WORDS['filename']}-broken.docx"
    broken.write_text(f"no docx but {WORDS['document']}")
    with BookClient(str(running.api_url), lead.access_token) as book:
        book.create(str(lead.deal_id), WORDS["title"])
        book.until_read(book.upload(file))
        assert book.until_read(book.upload(broken)).status == "refused"
        book.send(
            {"type": "navigate", "target_stage": "buyer_persona", "reason": WORDS["message"]},
            {
                "type": "save_buyer_persona",
                "persona": {
                    "type": WORDS["persona"],
                    "motivations": [WORDS["persona"]],
                    "concerns": [WORDS["persona"]],
                },
            },
            {
                "type": "save_hero_context",
                "hero": {
                    "selected_hero": WORDS["hero"],
                    "investment_thesis": {name: WORDS["thesis"] for name in ("asset", "timing", "opportunity")},
                },
            },
            {
                "type": "save_outline",
                "sections": [{"id": "s", "title": WORDS["section"], "description": WORDS["section"]}],
            },
            {
                "type": "save_slide",
                "slide": {
                    "section_id": "s",
                    "title": WORDS["slide"],
                    "layout_type": "text",
                    "components": [{"type": "text", "text": f"{WORDS['slide']} " * 200}],
                    "notes": WORDS["notes"],
                },
            },
            {"type": "create_entity", "entity": {"kind": "company", "name": WORDS["entity"]}},
            {"type": "rename", "title": WORDS["renamed"]},
        )
        book.draft("draft_slides", WORDS["instruction"])
        answer = _call(
            running,
            lead,
            "POST",
            f"/cims/{book.cim_id}/messages",
            json={"text": f"What is the revenue of {WORDS['message']}?"},
        )
        book.until_run(answer.json()["run_id"], lambda run: run.is_over)
        book.export("pptx", folder)
        _refused(running, lead, "POST", f"/cims/{book.cim_id}/commands", json={"type": WORDS["refused"]})
        return book.cim_id


def _call(running: RunningStack, person: Person, method: str, path: str, **request: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {person.access_token}"}
    answer = httpx.request(method, f"{running.api_url}{path}", headers=headers, timeout=60, **request)
    assert answer.status_code < 500, answer.text
    return answer


def _refused(running: RunningStack, person: Person, method: str, path: str, **request: Any) -> None:
    assert _call(running, person, method, path, **request).status_code >= 400


def _dumped(running: RunningStack) -> tuple[list[bytes], str]:
    dump: list[bytes] = []
    clear: list[str] = []

    def take(value: object) -> None:
        match value:
            case bytes():
                dump.append(value)
            case dict():
                for name, each in cast("Mapping[str, object]", value).items():
                    take(name)
                    take(each)
            case list():
                for each in cast("Sequence[object]", value):
                    take(each)
            case _:
                clear.append(str(value))

    with MongoClient[dict[str, Any]](running.addresses.mongodb_url) as client:
        database = client[Settings().mongodb_database]
        for name in database.list_collection_names():
            for document in database[name].find():
                # A wrapped key is random: it may look like anything.
                document.pop("wrapped", None)
                take(document)
    return dump, "\n".join(clear)


async def _histories(running: RunningStack) -> tuple[list[WorkflowHistory], str]:
    client = await Client.connect(str(running.addresses.temporal_address))
    found: list[WorkflowHistory] = []
    attributes: list[str] = []
    async for execution in client.list_workflows():
        found.append(await client.get_workflow_handle(execution.id, run_id=execution.run_id).fetch_history())
        attributes.append(f"{execution.id} {execution.typed_search_attributes} {await execution.memo()}")
    return found, "\n".join(attributes)


async def _store(told: Told) -> Store:
    masters = LocalMasterKeys.given({}, file=Path(str(told.running.addresses.master_keys_file)))
    return await Store.connect(str(told.running.addresses.mongodb_url), Settings().mongodb_database, masters)


def _forms(text: str) -> list[bytes]:
    """How a text may stand in a file: as it is, as UTF-16, or within base64, wherever it begins there."""
    plain = text.encode()
    shifted = [base64.b64encode(b"x" * n + plain)[4 if n else 0 :].rstrip(b"=")[:-2] for n in range(3)]
    return [plain, text.encode("utf-16-le"), plain.hex().encode(), *shifted]


def _files(told: Told, *names: str) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(told.data.rglob("*")):
        if path.is_file() and (not names or path.relative_to(told.data).parts[0] in names):
            yield path, path.read_bytes()


def test_the_search_finds_what_is_there(told: Told) -> None:
    """Ids are no secrets: they show that a text in clear would be found."""
    names = {path.relative_to(told.data).parts[0] for path, content in _files(told) if told.cim_id.encode() in content}
    assert {"temporal.db", "ferretdb"} <= {name.removesuffix("-wal") for name in names}
    assert told.cim_id in told.clear
    assert told.cim_id in told.attributes
    assert any(form in base64.b64encode(b"??" + MARK.encode() + b"??") for form in _forms(MARK))


def test_no_file_of_the_stack_holds_a_word_of_the_book(told: Told) -> None:
    """Logs of every part, Temporal's database, MongoDB's, the audit log in Supabase's and on its way there."""
    logs = {path.stem for path, _ in _files(told, "logs")}
    assert {"worker", "api", "temporal", "mongodb", "supabase"} <= logs
    found = [(path.name, form) for path, content in _files(told) for form in _forms(MARK) if form in content]
    assert found == []


def test_no_key_or_token_is_in_a_log_or_a_history(told: Told) -> None:
    addresses = told.running.addresses
    masters = json.loads(Path(str(addresses.master_keys_file)).read_text())["keys"].values()
    secrets = {told.lead.access_token, told.lead.password, addresses.service_role_key, addresses.jwt_secret, *masters}
    places = [(path, content) for path, content in _files(told, "logs", "audit", "ferretdb")]
    places += [(path, content) for path, content in _files(told) if path.name.startswith("temporal.db")]
    assert len(secrets) == 5
    found = [(path.name, secret) for path, content in places for secret in secrets if str(secret).encode() in content]
    assert found == []


def test_search_attributes_and_plain_fields_hold_no_word(told: Told) -> None:
    assert MARK not in told.clear
    assert MARK not in told.attributes


async def test_with_its_keys_all_of_it_can_be_read(told: Told) -> None:
    store = await _store(told)
    try:
        sealed = [value for value in told.dump if is_sealed(value)]
        kept = b"\n".join([await store.keys.open(value) for value in sealed]).decode(errors="replace")
        clear = [await in_clear(store.keys, history) for history in told.histories]
    finally:
        await store.close()
    payloads = [payload.data for history in clear for event in history.events for payload in payloads_in(event)]
    run = b"\n".join(payloads).decode(errors="replace")
    missing = {part for part, word in WORDS.items() if word not in kept}
    assert missing <= {"decision", "steer", "refused"}
    assert WORDS["persona"] in run
    assert WORDS["renamed"] in run


async def test_master_keys_rotate_while_everything_runs(told: Told) -> None:
    _keys(told, "rotate", "--master")
    _keys(told, "rotate", "--tenant", str(told.lead.org_id))
    listed = json.loads(_keys(told, "list", "--json"))
    assert len({key["master"] for key in listed}) == 1
    assert {key["version"] for key in listed if key["tenant"] == told.lead.org_id} == {1, 2}
    head = _call(told.running, told.lead, "GET", f"/cims/{told.cim_id}")
    assert head.json()["title"] == WORDS["renamed"]
    fresh = _call(
        told.running, told.lead, "POST", "/cims", json={"deal_id": told.lead.deal_id, "title": WORDS["title"]}
    )
    assert fresh.status_code == 201
    rename = {"type": "rename", "command_id": str(uuid.uuid4()), "title": f"{WORDS['renamed']} again"}
    assert _call(told.running, told.lead, "POST", f"/cims/{told.cim_id}/commands", json=rename).status_code == 200
    store = await _store(told)
    try:
        for history in told.histories:
            for event in (await in_clear(store.keys, history)).events:
                assert not [payload for payload in payloads_in(event) if is_sealed_payload(payload)]
    finally:
        await store.close()
    owner = next(each for each in told.running.addresses.people() if each.org_id == told.lead.org_id)
    assert owner.role == "owner"
    rows = await _audited(told, owner, "key.")
    assert [(row["action"], row["result"], row["actor"]["id"]) for row in rows] == [("key.rotate", "done", "cli")]
    assert rows[0]["details"]["key"] == f"{told.lead.org_id}/2"


async def _audited(told: Told, owner: Person, action: str) -> list[dict[str, Any]]:
    """Entries come a moment later; nobody waits for them."""
    async with asyncio.timeout(30):
        while True:
            path = f"/orgs/{owner.org_id}/audit?action={action}"
            if rows := _call(told.running, owner, "GET", path).json()["items"]:
                return rows
            await asyncio.sleep(0.2)


async def test_a_destroyed_tenant_is_unreadable_for_good(told: Told) -> None:
    """Also what was copied before: the dump, and the histories."""
    refused = _keys(told, "destroy", str(told.lead.org_id), "--confirm", "another", fails=True)
    assert "nothing was changed" in refused
    before = _call(told.running, told.lead, "GET", f"/cims/{told.cim_id}")
    assert before.status_code == 200
    _keys(told, "destroy", str(told.lead.org_id), "--confirm", str(told.lead.org_id))
    store = await _store(told)
    try:
        for value in (value for value in told.dump if is_sealed(value)):
            with pytest.raises(KeysDestroyed):
                await store.keys.open(value)
        count = 0
        of_tenants = [history for history in told.histories if not history.workflow_id.startswith("housekeeping/")]
        for payload in (each for history in of_tenants for event in history.events for each in payloads_in(event)):
            if is_sealed_payload(payload):
                count += 1
                with pytest.raises(KeysDestroyed):
                    await opened(store.keys, payload)
        assert count > 20
        assert await store.head(told.cim_id) is None
    finally:
        await store.close()
    dump, clear = _dumped(told.running)
    assert MARK not in clear
    assert MARK.encode() not in b"".join(dump)
    with MongoClient[dict[str, Any]](told.running.addresses.mongodb_url) as client:
        kept = list(client[Settings().mongodb_database]["keys"].find({"tenant": told.lead.org_id}))
    assert kept
    assert all(key["wrapped"] == b"" for key in kept)
    assert _call(told.running, told.lead, "GET", f"/cims/{told.cim_id}").status_code == 404
    open_ = [
        each
        async for each in (await Client.connect(str(told.running.addresses.temporal_address))).list_workflows(
            "ExecutionStatus = 'Running'"
        )
    ]
    assert not [each.id for each in open_ if told.cim_id in each.id]
    owner = next(each for each in told.running.addresses.people() if each.org_id == told.lead.org_id)
    rows = await _audited(told, owner, "key.destroy")
    assert rows[0]["details"]["books"] >= 1


def _keys(told: Told, *arguments: str, fails: bool = False) -> str:
    command = [sys.executable, "-m", "cli", "keys", *arguments]
    done = subprocess.run(command, cwd=CHECKOUT, env=told.environment, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) is fails, done.stdout + done.stderr
    return done.stderr if fails else done.stdout
