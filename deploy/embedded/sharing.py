"""One embedded stack for all processes of a test run.

The first process that asks starts a host process; the others find it by its socket. Each holds its connection for as
long as it needs the stack. When the last connection closes, also by a crash, the host stops every part and removes
its data.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Generator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from deploy.embedded.places import CHECKOUT, exclusive
from deploy.embedded.stack import ALL_PARTS, Addresses, EmbeddedStack, Part, Ports
from deploy.embedded.steps import StackError

PARTS = TypeAdapter(list[Part])
FIRST_CLIENT_SECONDS = 30.0
SETTLING_SECONDS = 0.1
LOG = "host.log"


class Answer(BaseModel):
    """What the host says to a client: the addresses, or why there are none."""

    addresses: Addresses | None = None
    problem: str | None = None


@contextmanager
def shared_stack(parts: Collection[Part] = ALL_PARTS, *, given: Addresses | None = None) -> Generator[Addresses]:
    """Addresses of the stack of this test run, with at least these parts running, until the with-block ends."""
    run_id = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"process-{os.getpid()}"
    room = Path(tempfile.gettempdir()) / f"bookrunner-{os.getuid()}"
    room.mkdir(mode=0o700, parents=True, exist_ok=True)
    door = room / f"{run_id[:32]}.socket"
    with exclusive(room / "lock"):
        connection = _connect(door) or _start_host(door, given or Addresses())
    with connection:
        connection.sendall(PARTS.dump_json(list(parts)) + b"\n")
        with connection.makefile("rb") as lines:
            line = lines.readline()
        try:
            answer = Answer.model_validate_json(line)
        except ValidationError as problem:
            raise StackError(f"The stack of this test run ended; see {room}.") from problem
        if answer.addresses is None:
            raise StackError(answer.problem or "The stack of this test run did not start.")
        yield answer.addresses


def _connect(door: Path) -> socket.socket | None:
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        client.connect(str(door))
    except (FileNotFoundError, ConnectionRefusedError):
        client.close()
        return None
    return client


def _start_host(door: Path, given: Addresses) -> socket.socket:
    door.unlink(missing_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{door.stem[:12]}-", dir=door.parent))
    with (folder / LOG).open("ab") as log:
        host = subprocess.Popen(
            [sys.executable, "-m", "deploy.embedded.sharing", str(door), str(folder)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=CHECKOUT,
            start_new_session=True,
        )
    assert host.stdin is not None
    host.stdin.write(given.model_dump_json().encode())
    host.stdin.close()
    while (client := _connect(door)) is None:
        if host.poll() is not None:
            raise StackError(f"The host of the test stack ended with {host.returncode}; see {folder / LOG}.")
        time.sleep(0.05)
    # The host outlives this process while others use it, so nobody here waits for its end.
    host.returncode = 0
    return client


class Host:
    """Serves one stack to the connections of a Unix socket."""

    def __init__(self, door: Path, folder: Path, given: Addresses) -> None:
        """`door` is the socket; `folder`, which is nobody else's, holds the log and the data."""
        self._door = door
        self._folder = folder
        self._stack = EmbeddedStack(folder / "data", Ports.free(), given=given)
        self._starting = threading.Lock()
        self._clients = 0
        self._counting = threading.Condition()

    def serve(self) -> None:
        """Run until the last client is gone, or the first one did not come."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(str(self._door))
            listener.listen(64)
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
            with self._counting:
                self._counting.wait_for(lambda: self._clients > 0, FIRST_CLIENT_SECONDS)
            while True:
                with self._counting:
                    self._counting.wait_for(lambda: self._clients == 0)
                if self._close_door():
                    break
        self._stack.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _close_door(self) -> bool:
        # Clients connect while they hold the lock, so after a moment each of them has been counted.
        with exclusive(self._door.parent / "lock"):
            time.sleep(SETTLING_SECONDS)
            with self._counting:
                if self._clients > 0:
                    return False
            self._door.unlink()
            return True

    def _accept(self, listener: socket.socket) -> None:
        while True:
            client, _ = listener.accept()
            with self._counting:
                self._clients += 1
                self._counting.notify_all()
            threading.Thread(target=self._serve_client, args=(client,), daemon=True).start()

    def _serve_client(self, client: socket.socket) -> None:
        try:
            with client, client.makefile("rb") as lines:
                for line in lines:
                    client.sendall(self._answer(line).model_dump_json().encode() + b"\n")
        except ConnectionError:
            return
        finally:
            with self._counting:
                self._clients -= 1
                self._counting.notify_all()

    def _answer(self, line: bytes) -> Answer:
        with self._starting:
            try:
                self._stack.start(PARTS.validate_json(line))
            except StackError as problem:
                return Answer(problem=str(problem))
            return Answer(addresses=self._stack.addresses)


if __name__ == "__main__":
    Host(Path(sys.argv[1]), Path(sys.argv[2]), Addresses.model_validate_json(sys.stdin.buffer.read())).serve()
