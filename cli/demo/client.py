"""A client of the HTTP API, as a script of a deal team would write one."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, JsonValue

from domain.findings import AcceptedFinding, Finding
from domain.head import CIMHead
from store.models import Export, Run, Slide, Source

WAIT_SECONDS = 300.0
POLL_SECONDS = 0.25
RETRIES = 20
UNAVAILABLE = 503

T = TypeVar("T")


class DemoFailed(Exception):
    """The main job did not go as promised; the message says where."""


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class CommandAnswer(_Lenient):
    status: str
    rev: int | None = None
    problem: dict[str, JsonValue] | None = None


class _Answers(_Lenient):
    results: list[CommandAnswer]


class CheckedFinding(Finding):
    """What a check found, and who stands for it where somebody does."""

    accepted: AcceptedFinding | None = None


class _Findings(_Lenient):
    items: list[CheckedFinding]


class _Slides(_Lenient):
    items: list[Slide]


class _RunId(_Lenient):
    run_id: str


class _ExportId(_Lenient):
    export_id: str


class BookClient:
    """One person's calls for one book. Calls that find the API away for a moment are made again."""

    def __init__(self, api_url: str, access_token: str) -> None:
        self._http = httpx.Client(base_url=api_url, headers={"Authorization": f"Bearer {access_token}"}, timeout=60.0)
        self.cim_id = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def create(self, deal_id: str, title: str) -> CIMHead:
        answer = self._call("POST", "/cims", json={"deal_id": deal_id, "title": title})
        head = CIMHead.model_validate_json(answer.content)
        self.cim_id = head.id
        return head

    def head(self) -> CIMHead:
        return CIMHead.model_validate_json(self._call("GET", f"/cims/{self.cim_id}").content)

    def slides(self) -> list[Slide]:
        return _Slides.model_validate_json(self._call("GET", f"/cims/{self.cim_id}/slides").content).items

    def findings(self) -> list[CheckedFinding]:
        """What a check of the book against its documents finds now."""
        return _Findings.model_validate_json(self._call("GET", f"/cims/{self.cim_id}/findings").content).items

    def send(self, *commands: dict[str, JsonValue]) -> list[CommandAnswer]:
        """Sends commands in order, and again while they are on their way; raises DemoFailed when one is refused."""
        numbered = [{"command_id": str(uuid.uuid4()), **command} for command in commands]

        def carried_out() -> list[CommandAnswer] | None:
            answer = self._call("POST", f"/cims/{self.cim_id}/commands", json=numbered)
            results = _Answers.model_validate_json(answer.content).results
            return None if any(result.status == "accepted" for result in results) else results

        results = self._wait("commands to be carried out", carried_out)
        for command, result in zip(commands, results, strict=True):
            if result.problem is not None:
                raise DemoFailed(f"{command['type']} was refused: {result.problem}")
        return results

    def upload(self, path: Path) -> Source:
        files = {"file": (path.name, path.read_bytes())}
        return Source.model_validate_json(self._call("POST", f"/cims/{self.cim_id}/sources", files=files).content)

    def until_read(self, source: Source) -> Source:
        def look() -> Source | None:
            found = Source.model_validate_json(self._call("GET", f"/sources/{source.id}").content)
            return found if found.status in ("ready", "refused") else None

        return self._wait(f"{source.name} to be read", look)

    def start_run(self, kind: str, instruction: str = "") -> str:
        answer = self._call("POST", f"/cims/{self.cim_id}/runs", json={"kind": kind, "instruction": instruction})
        return _RunId.model_validate_json(answer.content).run_id

    def stop(self, run_id: str) -> None:
        """Stops a run; what is saved and said stays."""
        self._call("POST", f"/runs/{run_id}/cancel")

    def run(self, run_id: str) -> Run:
        return Run.model_validate_json(self._call("GET", f"/runs/{run_id}").content)

    def until_run(self, run_id: str, done: Callable[[Run], bool]) -> Run:
        def look() -> Run | None:
            run = self.run(run_id)
            if run.status in ("failed", "cancelled"):
                raise DemoFailed(f"the run {run.kind} {run.status}: {run.error}")
            return run if done(run) else None

        return self._wait(f"the run {run_id}", look)

    def draft(self, kind: str, instruction: str = "") -> Run:
        return self.until_run(self.start_run(kind, instruction), lambda run: run.status == "completed")

    def export(self, format_: str, into: Path) -> tuple[Export, Path]:
        answer = self._call("POST", f"/cims/{self.cim_id}/exports", json={"format": format_})
        export_id = _ExportId.model_validate_json(answer.content).export_id

        def look() -> Export | None:
            found = Export.model_validate_json(self._call("GET", f"/exports/{export_id}").content)
            if found.status == "failed":
                raise DemoFailed(f"the {format_} export failed: {found.error}")
            return found if found.status == "ready" else None

        export = self._wait(f"the {format_} export", look)
        path = into / f"book.{format_}"
        path.write_bytes(self._call("GET", f"/exports/{export_id}/file").content)
        return export, path

    def _call(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        files: dict[str, tuple[str, bytes]] | None = None,
    ) -> httpx.Response:
        headers = {"Idempotency-Key": uuid.uuid4().hex} if method == "POST" else None
        for attempt in range(RETRIES):
            try:
                answer = self._http.request(method, path, json=json, files=files, headers=headers)
            except httpx.TransportError:
                if attempt == RETRIES - 1:
                    raise
            else:
                if answer.status_code != UNAVAILABLE:
                    break
            time.sleep(0.5)
        else:
            raise DemoFailed(f"{method} {path}: the API stayed unavailable")
        if answer.is_error:
            raise DemoFailed(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer

    def _wait(self, what: str, look: Callable[[], T | None]) -> T:
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            found = look()
            if found is not None:
                return found
            time.sleep(POLL_SECONDS)
        raise DemoFailed(f"waited {WAIT_SECONDS:.0f} s for {what}")
