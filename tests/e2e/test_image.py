"""What the image holds is enough: API and worker run from these files and these packages, and from nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.bootstrap import find_uv, with_certificates
from deploy.embedded.people import Person
from deploy.embedded.places import CHECKOUT
from deploy.embedded.services import free_port
from deploy.embedded.sharing import shared_stack
from tests.unit.deploy.test_containers import copied_sources, instructions

PATIENCE_SECONDS = 150.0
SLIDE = {
    "id": "one",
    "section_id": "market",
    "title": "Market size",
    "layout_type": "text",
    "components": [{"type": "text", "text": "It grows."}],
}


@dataclass(frozen=True)
class Image:
    folder: Path
    python: Path

    @contextmanager
    def running(self, command: list[str], environment: dict[str, str]) -> Generator[subprocess.Popen[bytes]]:
        whole = {"PATH": os.defpath, "HOME": str(self.folder), **environment}
        process = subprocess.Popen([self.python, *command[1:]], cwd=self.folder, env=whole)
        try:
            yield process
        finally:
            process.terminate()
            assert process.wait(PATIENCE_SECONDS) == 0


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The packages as the Dockerfile has uv install them, and the files that it copies."""
    folder = tmp_path_factory.mktemp("image")
    for source in copied_sources():
        if source.startswith("web/"):
            continue
        copy = shutil.copytree if (CHECKOUT / source).is_dir() else shutil.copy
        copy(CHECKOUT / source, folder / source)
    [arguments] = [json.loads(text) for name, text in instructions() if name == "RUN" and text.startswith('["uv"')]
    uv = find_uv()
    assert uv is not None
    given = [argument for argument in arguments[1:] if argument != "--no-cache"]
    subprocess.run(
        [uv, *given, "--quiet", "--python", sys.executable], cwd=folder, env=with_certificates(os.environ), check=True
    )
    return Image(folder, folder / ".venv" / "bin" / "python")


@pytest.fixture(scope="module")
def installed(image: Image) -> Iterator[tuple[str, list[Person]]]:
    """Address of the API, with its worker, and people."""
    with shared_stack() as addresses:
        port, ready = free_port(), image.folder / "ready"
        environment = {
            **addresses.environment(),
            "BOOKRUNNER_AUDIT_FOLDER": str(image.folder / "waiting"),
            "BOOKRUNNER_MONGODB_DATABASE": f"image-{port}",
        }
        worker, api = (command_of(target) for target in ("worker", "api"))
        with (
            image.running(worker, environment | {"BOOKRUNNER_READY_FILE": str(ready)}) as working,
            image.running(api, environment | {"BOOKRUNNER_API_PORT": str(port)}) as serving,
        ):
            deadline = time.monotonic() + PATIENCE_SECONDS
            check = [str(image.python), "deploy/containers/healthy.py"]
            probe = {"PATH": os.defpath, "BOOKRUNNER_API_PORT": str(port)}
            while not ready.exists() or subprocess.run(check, cwd=image.folder, env=probe, check=False).returncode:
                assert working.poll() is None, "the worker did not start"
                assert serving.poll() is None, "the API did not start"
                assert time.monotonic() < deadline
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}", addresses.people()


def command_of(target: str) -> list[str]:
    names = [f"{name} {text}" for name, text in instructions()]
    begins = names.index(f"FROM product AS {target}")
    [command] = [line for line in names[begins + 1 :] if line.startswith("CMD ")][:1]
    return json.loads(command.removeprefix("CMD "))


def test_nothing_of_the_developers_is_installed(image: Image) -> None:
    for name in ("pytest", "pyright", "schemathesis"):
        found = subprocess.run([image.python, "-c", f"import {name}"], capture_output=True, check=False)
        assert found.returncode != 0, name


def test_the_command_line_is_there(image: Image) -> None:
    done = subprocess.run(
        [image.python, "-m", "cli", "secrets"], cwd=image.folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "BOOKRUNNER_MASTER_KEYS=" in done.stdout


@pytest.mark.timeout(400)
def test_a_book_is_made_talked_about_and_exported(installed: tuple[str, list[Person]]) -> None:
    url, people = installed
    lead = next(person for person in people if person.role == "lead")
    with httpx.Client(base_url=url, headers={"authorization": f"Bearer {lead.access_token}"}, timeout=60) as client:
        assert client.get("/ready").json()["status"] == "ready"
        made = client.post("/cims", json={"deal_id": str(lead.deal_id), "title": "From an image"})
        assert made.status_code == 201, made.text
        book = f"/cims/{made.json()['id']}"
        for command in (
            {"type": "save_outline", "sections": [{"id": "market", "title": "Market"}]},
            {"type": "save_slide", "slide": SLIDE},
        ):
            saved = client.post(f"{book}/commands", json={"command_id": str(uuid.uuid4()), **command})
            assert saved.status_code == 200, saved.text
        said = client.post(f"{book}/messages", json={"text": "What is known?"})
        assert said.status_code == 202, said.text
        export = client.post(f"{book}/exports", json={"format": "pdf"})
        assert export.is_success, export.text
        deadline = time.monotonic() + PATIENCE_SECONDS
        while client.get(f"/runs/{said.json()['run_id']}").json()["status"] != "completed":
            assert time.monotonic() < deadline
            time.sleep(0.2)
        export_id = export.json()["export_id"]
        while (seen := client.get(f"/exports/{export_id}").json())["status"] != "ready":
            assert seen["status"] != "failed", seen
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert client.get(f"/exports/{export_id}/file").content.startswith(b"%PDF")
