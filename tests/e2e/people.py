"""People of the deal team at an API, and what they save."""

from __future__ import annotations

from typing import Any

from pydantic import JsonValue

from cli.demo.chat import Asked, ChatClient
from deploy.embedded.people import Person
from deploy.embedded.places import CHECKOUT

PACK = CHECKOUT / "examples" / "wd40"
PERSONA: dict[str, JsonValue] = {"type": "strategic", "motivations": ["reach"], "concerns": ["price"]}
HERO: dict[str, JsonValue] = {
    "selected_hero": "One can",
    "investment_thesis": {"asset": "brand", "timing": "now", "opportunity": "growth"},
}
SECTIONS: list[JsonValue] = [{"id": "market", "title": "Market"}, {"id": "figures", "title": "Figures"}]


class Editor(ChatClient):
    """A person of the team, at one of the APIs."""

    def __init__(self, api_url: str, person: Person, cim_id: str = "") -> None:
        super().__init__(api_url, person.access_token)
        assert person.deal_id is not None
        self._deal_id = person.deal_id
        self.cim_id = cim_id

    def begin(self, title: str, *commands: dict[str, Any]) -> str:
        self.create(self._deal_id, title)
        if commands:
            self.send(*commands)
        return self.cim_id

    def asked(self) -> tuple[Asked, ...]:
        return self._open_requests()

    def until_asked(self) -> Asked:
        return self._wait("a plan to look over", lambda: next(iter(self.asked()), None))

    def compose_section(self, section_id: str) -> str:
        body = {"kind": "compose", "section_ids": [section_id]}
        return self._call("POST", f"/cims/{self.cim_id}/runs", json=body).json()["run_id"]

    def say(self, text: str) -> str:
        """Begins a turn of the conversation, and does not wait for it. The id of its run."""
        return self._call("POST", f"/cims/{self.cim_id}/messages", json={"text": text}).json()["run_id"]

    def approve(self, request: Asked) -> None:
        self.answer(request, {"approved": True, "reason": ""})

    def answer(self, request: Asked, answer: dict[str, JsonValue]) -> None:
        self._call("POST", f"/runs/{request.run_id}/answers/{request.id}", json=answer)

    def begin_export(self) -> str:
        return self._call("POST", f"/cims/{self.cim_id}/exports", json={"format": "md"}).json()["export_id"]

    def until_exported(self, export_id: str) -> bytes:
        def look() -> bytes | None:
            found = self._call("GET", f"/exports/{export_id}").json()
            assert found["status"] != "failed", found["error"]
            return self._call("GET", f"/exports/{export_id}/file").content if found["status"] == "ready" else None

        return self._wait("an export", look)

    def log(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while items := self._call("GET", f"/cims/{self.cim_id}/events?after={len(found)}&limit=200").json()["items"]:
            found += items
        return found

    def until_logged(self, command_ids: set[str]) -> list[dict[str, Any]]:
        """The log, once all of these are in it."""

        def look() -> list[dict[str, Any]] | None:
            log = self.log()
            return log if command_ids <= {event["command_id"] for event in log} else None

        return self._wait("what was accepted to be carried out", look)

    def read(self) -> dict[str, Any]:
        """What the release shows of the book, without what only one of them tells."""
        head = self._call("GET", f"/cims/{self.cim_id}").json()
        slides = self._call("GET", f"/cims/{self.cim_id}/slides").json()["items"]
        return {"rev": head["rev"], "stage": head["stage"], "slides": slides}
