"""A running installation goes from the previous release to this one, back, and forward again, while people work."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import JsonValue

from cli.demo.pack import Pack
from cli.demo.person import CarefulPerson
from deploy.embedded.people import Person
from deploy.embedded.places import CHECKOUT
from domain.model import MAX_SECTIONS
from tests.e2e.people import HERO, PACK, PERSONA, SECTIONS, Editor
from tests.e2e.releases import Installation, NotHere, Release, installation
from tests.workflow.recorded import history_in, marks_in, name_of, served_workflows, type_of

PARTS: list[JsonValue] = [{"id": f"part{n}", "title": f"Markets and channels {n}"} for n in range(MAX_SECTIONS)]
DRAFTS = 2
"""So many slides are drafted at once that a worker is exchanged before they are done."""
OF_ANOTHER_FIGURE = "For timing, also write that sales went from $573.3 million in FY2023 to $590.6 million in FY2024."
"""The workbook says another one, so that the answer waits for people."""


class Writer(threading.Thread):
    """Saves one slide after the other, at whichever API is there. Each save is repeated, with its id, until it is
    answered."""

    def __init__(self, person: Person, cim_id: str) -> None:
        super().__init__(daemon=True)
        self.apis: tuple[str, ...] = ()
        self.acknowledged: list[str] = []
        self.other: dict[str, list[str]] = defaultdict(list)
        """By API: answers that do not say that it is saved."""
        self._headers = {"Authorization": f"Bearer {person.access_token}"}
        self._path = f"/cims/{cim_id}/commands"
        self._over = threading.Event()

    def run(self) -> None:
        with httpx.Client(headers=self._headers, timeout=30.0, trust_env=False) as http:
            number = 0
            while not self._over.is_set():
                number += 1
                self._save(http, number)

    def finish(self) -> None:
        self._over.set()
        self.join()

    def until_saved(self, more: int) -> None:
        """Until so many more saves are acknowledged."""
        wanted, deadline = len(self.acknowledged) + more, time.monotonic() + 120
        while len(self.acknowledged) < wanted:
            assert self.is_alive()
            assert time.monotonic() < deadline, f"{len(self.acknowledged)} of {wanted} saves: {self.other}"
            time.sleep(0.05)

    def _save(self, http: httpx.Client, number: int) -> None:
        text = {"type": "text", "text": f"Save {number}"}
        slide = {"section_id": "market", "title": "Load", "layout_type": "text", "components": [text]}
        command_id = str(uuid.uuid4())
        command = {"type": "save_slide", "command_id": command_id, "slide": {"id": f"s{number % 5}", **slide}}
        deadline = time.monotonic() + 120
        for attempt in itertools.count():
            assert time.monotonic() < deadline, f"save {number} is not answered: {self.other}"
            api = self.apis[(number + attempt) % len(self.apis)]
            try:
                answer = http.post(f"{api}{self._path}", json=command)
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            if answer.status_code in (200, 202):
                self.acknowledged.append(command_id)
                return
            self.other[api].append(f"{answer.status_code} {answer.text[:300]}")
            time.sleep(0.1)


class Follower(threading.Thread):
    """A page that reads the live stream of a book, and goes on at another API from where it was."""

    def __init__(self, person: Person, cim_id: str) -> None:
        super().__init__(daemon=True)
        self.apis: tuple[str, ...] = ()
        self.seqs: list[int] = []
        self._cim_id = cim_id
        self._token = person.access_token
        self._over = threading.Event()

    def run(self) -> None:
        last = "0.0"
        with httpx.Client(timeout=2.0, trust_env=False) as http:
            while not self._over.is_set():
                try:
                    for place, seq in self._events(http, last):
                        last = place
                        if seq is not None:
                            self.seqs.append(seq)
                        if self._over.is_set():
                            return
                except httpx.TransportError:
                    time.sleep(0.05)

    def until(self, rev: int) -> None:
        deadline = time.monotonic() + 60
        while not self.seqs or self.seqs[-1] < rev:
            assert time.monotonic() < deadline, f"the stream is at {self.seqs[-1:]} and not at {rev}"
            time.sleep(0.05)
        self._over.set()

    def _events(self, http: httpx.Client, last: str) -> Iterator[tuple[str, int | None]]:
        headers = {"Authorization": f"Bearer {self._token}", "Last-Event-ID": last}
        with http.stream("GET", f"{self.apis[-1]}/cims/{self._cim_id}/stream", headers=headers) as answer:
            id_ = last
            for line in answer.iter_lines():
                if line.startswith("id:"):
                    id_ = line[3:].strip()
                elif line.startswith("data:"):
                    said = json.loads(line[5:])
                    yield id_, said["seq"] if "command_id" in said else None


@pytest.fixture
def previous(tmp_path: Path) -> Release:
    try:
        return Release.previous(tmp_path / "previous")
    except NotHere as reason:
        pytest.skip(f"the previous release is not in this repository: {reason}")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path / "site") as found:
        yield found


@pytest.mark.timeout(1200)
def test_forward_back_and_forward_again_under_load(site: Installation, previous: Release) -> None:
    current = Release.current()
    site.start_backing(previous)
    lea = next(person for person in site.addresses.people() if person.role == "lead")
    old_api = site.start_api(previous)
    site.start_worker(previous)

    with Editor(old_api, lea) as editor:
        empty = editor.begin("At the beginning")
        at_hero = editor.begin("At the hero", {"type": "save_buyer_persona", "persona": PERSONA})
        finished: list[dict[str, Any]] = [
            {"type": "save_buyer_persona", "persona": PERSONA},
            {"type": "save_hero_context", "hero": HERO},
            {"type": "save_outline", "sections": SECTIONS},
        ]
        busy = editor.begin("Under load", *finished)
        composed = editor.begin("With agents", *finished)
        editor.until_read(editor.upload(PACK / "market_note.pdf"))
        planned = editor.compose_section("market")
        plan = editor.until_asked()
        outline: dict[str, Any] = {"type": "save_outline", "sections": PARTS}
        drafts: dict[str, str] = {}
        for number in range(DRAFTS):
            drafts[editor.begin(f"With a long draft {number}", *finished[:2], outline)] = ""
            editor.until_read(editor.upload(PACK / "market_note.pdf"))
        talked = editor.begin("With a question", *finished[:2])
        editor.until_read(editor.upload(PACK / "financials.xlsx"))
        turn = editor.say(OF_ANOTHER_FIGURE)
        question = editor.until_asked()
    writer, follower = Writer(lea, busy), Follower(lea, busy)
    writer.apis = follower.apis = (old_api,)
    writer.start()
    follower.start()
    writer.until_saved(20)

    site.migrate_supabase(previous, current)
    writer.until_saved(20)

    with Editor(old_api, lea, at_hero) as editor:
        source = editor.upload(PACK / "management_interview.md")
    with Editor(old_api, lea, busy) as editor:
        export = editor.begin_export()
    new_api = site.start_api(current)
    writer.apis = follower.apis = (old_api, new_api)
    writer.until_saved(20)
    writer.apis = (new_api,)
    site.stop_api(previous)
    with Editor(new_api, lea) as editor:
        for editor.cim_id in drafts:
            drafts[editor.cim_id] = editor.start_run("draft_slides")
        for run_id in drafts.values():
            editor.until_run(run_id, lambda run: run.progress.done > 0)
        site.start_worker(current)
        site.stop_worker(previous)
        over = [editor.run(run_id).is_over for run_id in drafts.values()]
        assert not all(over), "all drafts were over before the old worker went: give it more"
    writer.until_saved(20)

    with Editor(new_api, lea, at_hero) as editor:
        assert editor.until_read(source).status == "ready"
    with Editor(new_api, lea) as editor:
        for editor.cim_id, run_id in drafts.items():
            assert editor.until_run(run_id, lambda run: run.is_over).status == "completed"
            assert {slide.section_id for slide in editor.slides()} == {f"part{n}" for n in range(MAX_SECTIONS)}
    with Editor(new_api, lea, talked) as editor:
        assert [asked.id for asked in editor.asked()] == [question.id]
        editor.answer(question, CarefulPerson(Pack(PACK)).answer(question))
        assert editor.until_run(turn, lambda run: run.is_over).status == "completed"
    with Editor(new_api, lea, busy) as editor:
        assert editor.until_exported(export)
    with Editor(new_api, lea, composed) as editor:
        assert [asked.id for asked in editor.asked()] == [plan.id]
        editor.approve(plan)
        assert editor.until_run(planned, lambda run: run.is_over).status == "completed"
        again = editor.compose_section("figures")
        plan = editor.until_asked()
        new_shows = editor.read()
    with Editor(new_api, lea, empty) as editor:
        editor.send({"type": "rename", "title": "Renamed by the new release"})
        begun_late = editor.begin("Begun by the new release", {"type": "save_buyer_persona", "persona": PERSONA})

    assert site.migrate(current) != {}

    # Back: the old release on what the new one has written, on its schema and its shapes.
    site.start_worker(previous)
    old_api = site.start_api(previous)
    writer.apis = (new_api, old_api)
    writer.until_saved(20)
    site.stop_worker(current)
    writer.apis = follower.apis = (old_api,)
    site.stop_api(current)
    writer.until_saved(20)
    with Editor(old_api, lea, composed) as editor:
        assert editor.read() == new_shows
        editor.approve(plan)
        assert editor.until_run(again, lambda run: run.is_over).status == "completed"
    with Editor(old_api, lea, empty) as editor:
        assert editor.head().title == "Renamed by the new release"
        editor.send({"type": "save_buyer_persona", "persona": PERSONA})
    with Editor(old_api, lea, begun_late) as editor:
        editor.send({"type": "save_hero_context", "hero": HERO})
        assert editor.head().stage == "outline"

    # Forward again, then the backing parts too: they restart under the workers and APIs.
    new_apis = [new_api, site.start_api(current)]
    new_api = new_apis[-1]
    site.start_worker(current)
    writer.apis = follower.apis = (new_api,)
    site.stop_api(previous)
    site.stop_worker(previous)
    writer.until_saved(20)
    site.forget_migrations()
    assert set(site.migrate(current).values()) == {0}, "the old release keeps what only a migration brings into shape"
    site.stop_backing()
    site.start_backing(current)
    writer.until_saved(10)
    writer.finish()

    with Editor(new_api, lea, busy) as editor:
        log = editor.until_logged(set(writer.acknowledged))
        assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
        saved = Counter(event["command_id"] for event in log if event["type"] == "slide_saved")
        assert {command_id: saved[command_id] for command_id in writer.acknowledged} == dict.fromkeys(
            writer.acknowledged, 1
        )
        assert set(saved) == set(writer.acknowledged)
        assert editor.head().rev == len(log)
        follower.until(len(log))
        assert follower.seqs == list(range(1, len(log) + 1))
    with Editor(new_api, lea, composed) as editor:
        assert "market" in {slide.section_id for slide in editor.slides()}
        assert editor.asked() == ()
    with Editor(new_api, lea, empty) as editor:
        assert editor.head().stage == "hero_concept"
    said = [answer for api in new_apis for answer in writer.other[api]]
    assert [answer for answer in said if not answer.startswith("503")] == []


@pytest.mark.timeout(600)
def test_the_release_before_takes_over_what_this_one_has_begun(previous: Release, tmp_path: Path) -> None:
    """It replays what was recorded since, of every kind of workflow, but for books with the mark of a patch that it
    does not know: they wait for this release."""
    here, there = CHECKOUT / "tests" / "workflow", previous.folder / "tests" / "workflow"
    known = {file.name for file in (there / "histories").iterdir()}
    added = {name_of(file): file for file in (here / "histories").iterdir() if file.name not in known}
    assert {type_of(history_in(file)) for file in added.values()} == set(served_workflows())
    folder = tmp_path / "added"
    folder.mkdir()
    for file in added.values():
        shutil.copy(file, folder)
    shutil.copy(here / "recorded.py", there)
    argv = [previous.python, "-m", "tests.workflow.recorded", str(folder), str(tmp_path / "said.json")]
    done = subprocess.run(argv, cwd=previous.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4_000:]
    said: dict[str, str] = json.loads((tmp_path / "said.json").read_text())
    patches = (previous.folder / "workflows" / "patches.py").read_text()
    waiting = {
        name for name, file in added.items() if any(f'"{mark}"' not in patches for mark in marks_in(history_in(file)))
    }
    assert set(said) == set(added)
    assert {name for name, why in said.items() if why} == waiting, said
    assert all(said[name].startswith("NondeterminismError") for name in waiting), said
