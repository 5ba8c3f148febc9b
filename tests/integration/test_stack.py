"""The embedded stack: it starts, answers, keeps what was acknowledged, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from pymongo import MongoClient
from pymongo.errors import ConnectionFailure
from temporalio.api.workflowservice.v1 import GetSystemInfoRequest
from temporalio.client import Client

from deploy.embedded.places import CHECKOUT
from deploy.embedded.services import HOST, accepts, free_port
from deploy.embedded.sharing import shared_stack
from deploy.embedded.stack import Addresses, Ports, running_stack
from deploy.embedded.steps import StackError

GIVEN_FROM_OUTSIDE = ("TEMPORAL_ADDRESS", "MONGODB_URL", "SUPABASE_URL")
pytestmark = pytest.mark.skipif(
    any(os.environ.get(name) for name in GIVEN_FROM_OUTSIDE), reason="the environment gives another stack"
)


def processes_using(folder: Path) -> list[str]:
    """Command lines of processes that name the folder or work in it."""
    found: list[str] = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            working = (entry / "cwd").readlink()
        except OSError:
            continue
        if entry.name != str(os.getpid()) and (str(folder) in command or working.is_relative_to(folder)):
            found.append(command)
    return found


def wait_until_unused(folder: Path, seconds: float = 15.0) -> list[str]:
    deadline = time.monotonic() + seconds
    while (left := processes_using(folder)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


async def test_every_part_answers(tmp_path: Path) -> None:
    with running_stack(data_dir=tmp_path) as stack:
        known = stack.addresses
        assert known.temporal_address is not None
        client = await Client.connect(known.temporal_address)
        info = await client.workflow_service.get_system_info(GetSystemInfoRequest())
        assert info.server_version.startswith("1.")
        with MongoClient[dict[str, object]](known.mongodb_url) as mongo:
            mongo.test.notes.insert_one({"_id": "a", "text": "hello"})
            assert mongo.test.notes.find_one({"_id": "a"}) == {"_id": "a", "text": "hello"}
        roles = [person.role for person in known.people()]
        assert sorted(set(roles)) == [
            "admin",
            "billing",
            "editor",
            "lead",
            "outsider",
            "owner",
            "reviewer",
            "viewer",
        ]
        assert (tmp_path / "supabase-keys.json").stat().st_mode & 0o077 == 0, "keys are for their owner only"
    assert wait_until_unused(tmp_path) == []


def test_restart_keeps_data_people_and_keys(tmp_path: Path) -> None:
    with running_stack({"mongodb", "supabase"}, data_dir=tmp_path) as stack:
        before = stack.addresses
        people = {person.email: person.user_id for person in before.people()}
        with MongoClient[dict[str, object]](before.mongodb_url) as mongo:
            mongo.test.notes.insert_one({"_id": "kept"})
    with running_stack({"mongodb", "supabase"}, data_dir=tmp_path) as stack:
        after = stack.addresses
        assert {person.email: person.user_id for person in after.people()} == people
        assert (after.jwt_secret, after.service_role_key) == (before.jwt_secret, before.service_role_key)
        with MongoClient[dict[str, object]](after.mongodb_url) as mongo:
            assert mongo.test.notes.find_one({"_id": "kept"}) == {"_id": "kept"}


def test_killed_mongodb_keeps_acknowledged_writes(tmp_path: Path) -> None:
    acknowledged: list[int] = []

    def write_until_it_dies(url: str) -> None:
        with MongoClient[dict[str, int]](url, serverSelectionTimeoutMS=1_000) as mongo, suppress(ConnectionFailure):
            for number in range(1_000_000):
                mongo.test.notes.insert_one({"_id": number})
                acknowledged.append(number)

    with running_stack({"mongodb"}, data_dir=tmp_path) as stack:
        url = str(stack.addresses.mongodb_url)
        writer = threading.Thread(target=write_until_it_dies, args=(url,))
        writer.start()
        while len(acknowledged) < 200:
            time.sleep(0.01)
        stack.kill("mongodb")
        writer.join()
        stack.start_again("mongodb")
        with MongoClient[dict[str, int]](url) as mongo:
            kept = [note["_id"] for note in mongo.test.notes.find().sort("_id", 1)]
    assert kept[: len(acknowledged)] == acknowledged
    assert len(kept) - len(acknowledged) in (0, 1), "at most the write in flight when it died"


def test_killed_supabase_keeps_new_accounts(tmp_path: Path) -> None:
    with running_stack({"supabase"}, data_dir=tmp_path) as stack:
        known = stack.addresses
        assert known.anon_key is not None
        account = {"email": "new@example.com", "password": "a-long-enough-one"}
        with httpx.Client(base_url=str(known.supabase_url), headers={"apikey": known.anon_key}) as http:
            http.post("/auth/v1/signup", json=account).raise_for_status()
            stack.kill("supabase")
            stack.start_again("supabase")
            again = http.post("/auth/v1/token", params={"grant_type": "password"}, json=account)
            assert again.status_code == 200


def test_a_taken_port_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        taken = int(other.getsockname()[1])
        ports = Ports.free().model_copy(update={"mongodb": taken})
        with (
            pytest.raises(StackError, match=rf"Port {taken}, wanted for mongodb, .* BOOKRUNNER_MONGODB_PORT"),
            running_stack({"mongodb"}, data_dir=tmp_path, ports=ports),
        ):
            pass
    assert wait_until_unused(tmp_path) == []


def test_given_addresses_win(tmp_path: Path) -> None:
    given = Addresses(mongodb_url="mongodb://elsewhere.example:27017")
    with running_stack({"mongodb"}, data_dir=tmp_path, given=given) as stack:
        assert stack.addresses.mongodb_url == "mongodb://elsewhere.example:27017"
        assert stack.services == {}


def test_demo_people_are_refused_on_another_supabase() -> None:
    with pytest.raises(StackError, match="only in the embedded Supabase"):
        Addresses(supabase_url="https://project.example").people()


def test_two_users_of_a_shared_stack_get_the_same_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_TESTRUNUID", f"sharing-{os.getpid()}-{time.monotonic_ns()}")
    with shared_stack({"mongodb"}) as first:
        with shared_stack({"mongodb"}) as second:
            assert second.mongodb_url == first.mongodb_url
        with MongoClient[dict[str, object]](first.mongodb_url) as mongo:
            assert mongo.admin.command("ping")["ok"] == 1.0
    port = int(str(first.mongodb_url).split(":")[2].split("/")[0])
    deadline = time.monotonic() + 15
    while accepts(port) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not accepts(port)


def test_a_shared_stack_opens_again_right_after_it_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_TESTRUNUID", f"again-{os.getpid()}-{time.monotonic_ns()}")
    for _ in range(4):
        with shared_stack({"mongodb"}) as stack, MongoClient[dict[str, object]](stack.mongodb_url) as mongo:
            assert mongo.admin.command("ping")["ok"] == 1.0
        # The host closes its door a moment after its last client has gone; a new one comes while it cleans up.
        time.sleep(0.15)


@contextmanager
def supervised(data: Path) -> Generator[subprocess.Popen[str]]:
    """`python -m cli up --backing-only` on free ports, until its stack is ready."""
    ports = {f"BOOKRUNNER_{name}_PORT": str(free_port()) for name in ("TEMPORAL", "TEMPORAL_UI", "MONGODB", "SUPABASE")}
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "up", "--backing-only"],
        cwd=CHECKOUT,
        env=os.environ | ports | {"BOOKRUNNER_DATA_DIR": str(data)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    with process.stderr:
        try:
            for line in process.stderr:
                if line.startswith("Ready"):
                    break
            yield process
        finally:
            process.kill()
            process.wait()


def ask(data: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """One command of ours against the stack of a data folder."""
    environment = os.environ | {"BOOKRUNNER_DATA_DIR": str(data)}
    argv = [sys.executable, "-m", "cli", *command]
    return subprocess.run(argv, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)


def test_supervisor_tells_restarts_and_stops_in_order(tmp_path: Path) -> None:
    with supervised(tmp_path) as process:
        told = json.loads(ask(tmp_path, "stack", "--json").stdout)
        people = json.loads(ask(tmp_path, "demo-people", "--json").stdout)
        assert {person["role"] for person in people if person["deal_id"] is None} == {"outsider"}
        os.kill(told["pids"]["mongodb"], signal.SIGKILL)
        assert process.stderr is not None
        lines = [next(process.stderr), next(process.stderr)]
        assert "mongodb ended by signal 9; starting it again" in lines[0]
        assert "mongodb is back" in lines[1]
        again = json.loads(ask(tmp_path, "stack", "--json").stdout)
        assert again["mongodb_url"] == told["mongodb_url"]
        with MongoClient[dict[str, object]](again["mongodb_url"]) as mongo:
            assert mongo.admin.command("ping")["ok"] == 1.0
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert wait_until_unused(tmp_path) == []
    refused = ask(tmp_path, "stack", "--json")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "No stack runs here" in refused.stderr


def test_nothing_outlives_a_killed_supervisor_and_the_next_one_starts(tmp_path: Path) -> None:
    with supervised(tmp_path) as process:
        process.kill()
    with supervised(tmp_path) as process:
        assert ask(tmp_path, "stack", "--json").returncode == 0
        second = ask(tmp_path, "up")
        assert second.returncode == 1
        assert f"already runs with the data in {tmp_path} (process {process.pid})" in second.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert wait_until_unused(tmp_path) == []


def test_wrong_settings_are_named(tmp_path: Path) -> None:
    environment = os.environ | {"BOOKRUNNER_DATA_DIR": str(tmp_path), "BOOKRUNNER_API_PORT": "eighty"}
    argv = [sys.executable, "-m", "cli", "up"]
    done = subprocess.run(argv, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Setting BOOKRUNNER_API_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_make_works_in_an_empty_environment() -> None:
    make = shutil.which("make")
    assert make is not None
    done = subprocess.run([make, "setup"], cwd=CHECKOUT, env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
