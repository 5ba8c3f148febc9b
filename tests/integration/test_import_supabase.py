"""Books of an old table become workflows: what is whole is taken, the rest is refused with its reason, and a run that
was killed is gone on with."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from access import AuditFilter, AuditLog
from cli.import_supabase.report import ImportReport
from deploy.embedded.people import Person
from deploy.embedded.places import CHECKOUT
from deploy.embedded.stack import EmbeddedStack
from domain.values import Stage
from settings import Settings
from store import Store
from vault import LocalMasterKeys

from .own_supabase import service, stack_with

OLD_TABLE = """
create table public.cims (
  id bigint primary key,
  deal_id text,
  project_id text,
  user_id text,
  title text,
  workflow_state jsonb,
  slides jsonb,
  buyer_persona jsonb,
  hero_context jsonb,
  outline jsonb
);
grant select, insert, update on public.cims to service_role;
"""
MANY = 20


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStack]:
    with stack_with(tmp_path_factory.mktemp("import"), OLD_TABLE) as running:
        yield running


@pytest.fixture(scope="module")
def environment(stack: EmbeddedStack) -> dict[str, str]:
    return {
        **os.environ,
        **stack.addresses.environment(),
        "BOOKRUNNER_AUDIT_FOLDER": str(stack.data / "audit"),
        "BOOKRUNNER_READY_FILE": str(stack.data / "worker.ready"),
    }


@pytest.fixture(scope="module")
def worker(stack: EmbeddedStack, environment: dict[str, str]) -> Iterator[None]:
    with (stack.data / "worker.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "worker.py"], cwd=CHECKOUT, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while not (stack.data / "worker.ready").exists():
            assert time.monotonic() < deadline
            assert process.poll() is None, (stack.data / "worker.log").read_text()
            time.sleep(0.1)
        yield
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def people(stack: EmbeddedStack) -> dict[str, Person]:
    found = stack.addresses.people()
    org_id = found[0].org_id
    return {person.role: person for person in found if person.org_id in (org_id, None)}


@pytest.fixture
async def store(
    stack: EmbeddedStack, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Store]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    masters = LocalMasterKeys.given(settings.master_keys, settings.master_key, settings.master_keys_file)
    opened = await Store.connect(settings.mongodb_url.get_secret_value(), settings.mongodb_database, masters)
    yield opened
    await opened.close()


def row(person: Person, number: int, **columns: Any) -> dict[str, Any]:
    return {
        "id": number,
        "deal_id": person.deal_id,
        "project_id": person.project_id,
        "user_id": person.user_id,
        "title": f"Book {number}",
        "workflow_state": {"currentStage": "building_sections"},
        "buyer_persona": {"type": "Strategic", "motivations": ["growth"]},
        "hero_context": {
            "selectedHero": "The can",
            "investmentThesis": {"asset": "a brand", "timing": "now", "opportunity": "abroad"},
        },
        "outline": {"sections": [{"id": "market", "title": "Market"}, {"id": "team", "title": "Team"}]},
        "slides": [
            {
                "id": f"s{n}",
                "sectionId": "market" if n % 2 else "team",
                "title": f"Slide {n}",
                "content": [{"type": "text", "text": f"Text {n} of {number}"}],
                "approved": n == 1,
            }
            for n in range(1, 9)
        ],
        **columns,
    }


def put(stack: EmbeddedStack, *rows: dict[str, Any]) -> None:
    with service(stack.addresses) as client:
        for old in rows:
            client.post("/cims", json=old).raise_for_status()


def command(environment: dict[str, str], report: Path, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "import-supabase", "--report", str(report), *options],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


async def imported(environment: dict[str, str], report: Path, *options: str) -> ImportReport:
    process = command(environment, report, *options)
    said, _ = await asyncio.to_thread(process.communicate, timeout=150)
    assert process.returncode == 0, said.decode()
    return ImportReport.model_validate_json(report.read_bytes())


@pytest.mark.usefixtures("worker")
async def test_a_table_with_good_and_broken_rows(
    stack: EmbeddedStack, environment: dict[str, str], people: dict[str, Person], store: Store, tmp_path: Path
) -> None:
    lead, editor, viewer, outsider = (people[role] for role in ("lead", "editor", "viewer", "outsider"))
    broken = {
        2: (row(lead, 2, deal_id="seven"), "deal_id: is not a UUID"),
        3: (row(lead, 3, user_id=viewer.user_id), "a viewer may not create a book"),
        4: (row(lead, 4, user_id=outsider.user_id), "no role in the deal"),
        5: (row(lead, 5, deal_id=str(uuid.uuid4())), "no role in the deal"),
        6: (row(lead, 6, project_id=str(uuid.uuid4())), "the deal belongs to another project"),
        7: (row(lead, 7, slides=[{"title": "T", "content": [{"type": "video"}]}]), "'video' is not known"),
        8: (row(lead, 8, workflow_state={"stage": "negotiation"}), "'negotiation' is not known"),
    }
    put(
        stack,
        row(lead, 1),
        *(old for old, _ in broken.values()),
        row(editor, 9, workflow_state={"step": "outline"}, title=None),
        row(lead, 10, slides=None, outline=None, hero_context=None, workflow_state=None),
    )
    dry = await imported(environment, tmp_path / "dry.json", "--dry-run")
    assert dry.is_dry_run
    assert [item.outcome for item in dry.rows if item.row_id in ("1", "10", "9")] == ["can_be_taken"] * 3
    assert await store.head(str(dry.rows[0].cim_id)) is None

    report = await imported(environment, tmp_path / "report.json")
    told = {int(item.row_id): item for item in report.rows}
    assert {number: told[number].outcome for number in (1, 9, 10)} == dict.fromkeys((1, 9, 10), "taken")
    for number, (_, reason) in broken.items():
        assert told[number].outcome == "refused"
        assert reason in str(told[number].reason)
    whole = await store.head(str(told[1].cim_id))
    assert whole is not None
    assert (whole.title, whole.stage, whole.owner_id) == ("Book 1", Stage.BUILDING_SECTIONS, lead.user_id)
    assert (whole.slide_counts.approved, whole.slide_counts.draft) == (1, 7)
    assert whole.deal_id == lead.deal_id
    earlier = await store.head(str(told[9].cim_id))
    assert earlier is not None
    assert (earlier.title, earlier.stage, earlier.slide_counts.needs_review) == ("Untitled", Stage.OUTLINE, 7)
    slides = {slide.id: slide for slide in await store.books.slides(whole.id)}
    assert "Text 3 of 1" in slides["s3"].model_dump_json()

    again = await imported(environment, tmp_path / "again.json")
    assert {item.outcome for item in again.rows} == {"there_already", "refused"}
    after = await store.head(whole.id)
    assert after is not None
    assert after.rev == whole.rev
    log = AuditLog.connect(str(stack.addresses.supabase_url), str(stack.addresses.service_role_key))
    entries = await log.page(str(lead.org_id), AuditFilter(action="cim.import"), None, 50)
    await log.close()
    assert sorted(str(entry.target["id"]) for entry in entries if isinstance(entry.target, dict)) == sorted(
        str(told[number].cim_id) for number in (1, 9, 10)
    )


@pytest.mark.usefixtures("worker")
async def test_an_import_that_is_killed_is_gone_on_with(
    stack: EmbeddedStack, environment: dict[str, str], people: dict[str, Person], store: Store, tmp_path: Path
) -> None:
    lead = people["lead"]
    numbers = range(100, 100 + MANY)
    put(stack, *(row(lead, number) for number in numbers))
    killed = command(environment, tmp_path / "killed.json")
    deadline = time.monotonic() + 60
    while await count(store, lead) < 3:
        assert killed.poll() is None, killed.communicate()[0].decode()
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    killed.send_signal(signal.SIGKILL)
    await asyncio.to_thread(killed.communicate)
    there = await count(store, lead)
    assert 3 <= there < MANY
    report = await imported(environment, tmp_path / "report.json")
    outcomes = [item.outcome for item in report.rows if int(item.row_id) in numbers]
    assert len(outcomes) == MANY
    assert set(outcomes) <= {"taken", "there_already"}
    for item in report.rows:
        if int(item.row_id) in numbers:
            head = await store.head(str(item.cim_id))
            assert head is not None
            assert (head.slide_counts.draft, head.slide_counts.approved) == (7, 1)
            events = await store.events(head.id, 0, 100)
            assert len({event.command_id for event in events if event.type == "slide_saved"}) == 8
    assert await count(store, lead) == MANY


async def count(store: Store, person: Person) -> int:
    """Books of the many rows."""
    heads = await store.heads({str(person.deal_id)}, status=None, stage=None, cursor=None, limit=500)
    return sum(head.title.startswith("Book 1") and len(head.title) == len("Book 100") for head in heads.items)
