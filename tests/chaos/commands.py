"""Random commands of every kind, with the content that people would give them."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from typing import Any

from tests.chaos.history import SeenEvent

MOST_SLIDES = 24
MOST_ENTITIES = 20
MARKETS = ("retail", "wholesale", "contract work", "export", "online")
PLACES = ("Ruritania", "the Nordics", "Iberia", "the Benelux", "Central Europe")
STAGES = ("welcome", "buyer_persona", "hero_concept", "outline", "building_sections")
SECTIONS = ("company", "market", "financials", "people")


class KnownBook:
    """What clients know of a book from the answers that they got; it may be old, as with people."""

    def __init__(self, cim_id: str, *, may_complete: bool) -> None:
        self.cim_id = cim_id
        self.may_complete = may_complete
        self.rev = 1
        self.slides: dict[str, str] = {}
        self.entities: set[str] = set()
        self.relationships: set[str] = set()

    def learn(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            data = event["data"]
            self.rev = max(self.rev, event["seq"])
            match event["type"]:
                case "slide_saved":
                    self.slides[data["slide_id"]] = data["section_id"]
                case "slide_removed":
                    self.slides.pop(data["slide_id"], None)
                case "entity_saved":
                    self.entities.add(data["entity_id"])
                case "entity_removed":
                    self.entities.discard(data["entity_id"])
                case "relationship_saved":
                    self.relationships.add(data["relationship_id"])
                case "relationship_removed":
                    self.relationships.discard(data["relationship_id"])
                case _:
                    pass


class Writer:
    """Makes commands out of chance; `name` is in their texts, so that nobody else writes the same."""

    def __init__(self, rng: random.Random, name: str) -> None:
        self._rng = rng
        self._name = name
        self._count = 0

    def command(self, book: KnownBook) -> dict[str, Any]:
        """A command as it travels, with its id; sometimes with the revision that it expects."""
        kinds = list(_WEIGHTS)
        kind = self._rng.choices(kinds, [_WEIGHTS[one] for one in kinds])[0]
        if kind in ("complete", "reopen") and not book.may_complete:
            kind = "rename"
        command = {"type": kind, "command_id": str(self._uuid()), **_MAKERS[kind](self, book)}
        if self._rng.random() < 0.15:
            command["expected_rev"] = max(1, book.rev - self._rng.choice((0, 0, 0, 1, 5)))
        return command

    def finishing(self, book: KnownBook) -> list[dict[str, Any]]:
        """What it takes to complete a book, as one list."""
        steps: list[dict[str, Any]] = [
            {"type": "confirm_artifact", "artifact": name} for name in ("buyer_persona", "hero_context", "outline")
        ]
        steps += [{"type": "approve_slide", "slide_id": slide_id} for slide_id in list(book.slides)[:80]]
        steps.append({"type": "complete"})
        return [{"command_id": str(self._uuid()), **step} for step in steps]

    def opening(self) -> list[dict[str, Any]]:
        """The first commands of a book, so that there is something to work on."""
        steps: list[dict[str, Any]] = [
            {"type": "save_buyer_persona", **self.persona(None)},
            {"type": "save_hero_context", **self.hero(None)},
            {"type": "save_outline", "sections": [_section(name) for name in SECTIONS]},
        ]
        return [{"command_id": str(self._uuid()), **step} for step in steps]

    def text(self, what: str) -> str:
        self._count += 1
        market, place = self._rng.choice(MARKETS), self._rng.choice(PLACES)
        return f"{what}: {market} in {place} ({self._name}-{self._count})"

    def navigate(self, _: KnownBook | None) -> dict[str, Any]:
        return {"target_stage": self._rng.choice(STAGES), "reason": self.text("Back to it")}

    def go_to_section(self, _: KnownBook | None) -> dict[str, Any]:
        return {"section_id": self._section_id()}

    def slide_ref(self, book: KnownBook) -> dict[str, Any]:
        return {"slide_id": self._slide_id(book)}

    def persona(self, _: KnownBook | None) -> dict[str, Any]:
        motivations = [self.text("Growth") for _ in range(self._rng.randint(1, 3))]
        return {
            "persona": {"type": self.text("Buyer"), "motivations": motivations, "concerns": [self.text("Customers")]}
        }

    def hero(self, _: KnownBook | None) -> dict[str, Any]:
        thesis = {name: self.text(name) for name in ("asset", "timing", "opportunity")}
        return {"hero": {"selected_hero": self.text("Hero"), "investment_thesis": thesis}}

    def outline(self, _: KnownBook | None) -> dict[str, Any]:
        names = [name for name in SECTIONS if self._rng.random() < 0.9] or [SECTIONS[0]]
        sections = [_section(name) for name in names]
        sections[0]["description"] = self.text("About")
        if self._rng.random() < 0.2:
            sections.append({"title": self.text("Extra")})
        return {"sections": sections}

    def slide(self, book: KnownBook) -> dict[str, Any]:
        rng, section = self._rng, self._section_id()
        slide_id = rng.choice(sorted(book.slides)) if book.slides and rng.random() < 0.6 else None
        if slide_id is None and len(book.slides) >= MOST_SLIDES:
            slide_id = rng.choice(sorted(book.slides))
        source = {"source_id": "figures", "locator": f"row {rng.randint(1, 9)}", "quote": self.text("Net sales")}
        components: list[dict[str, Any]] = [
            {"type": "text", "text": self.text("The company sells") + " " + "and keeps its customers. " * 20},
            {"type": "bullets", "items": [self.text("Point") for _ in range(3)], "sources": [source]},
            {
                "type": "table",
                "columns": ["Year", "Sales"],
                "rows": [[f"FY{year}", rng.randint(100, 999)] for year in range(2021, 2025)],
                "sources": [{**source, "anchor": "r0c1"}],
            },
        ]
        return {
            "slide": {
                "id": slide_id,
                "section_id": section,
                "title": self.text("Slide"),
                "layout_type": rng.choice(("text", "bullets", "table", "two_columns")),
                "components": rng.sample(components, rng.randint(1, 3)),
                "sources": [source],
                "notes": self.text("Note"),
            }
        }

    def confirm(self, _: KnownBook | None) -> dict[str, Any]:
        return {"artifact": self._rng.choice(("buyer_persona", "hero_context", "outline"))}

    def reorder(self, book: KnownBook) -> dict[str, Any]:
        section = self._section_id()
        ids = [slide_id for slide_id, of in book.slides.items() if of == section]
        self._rng.shuffle(ids)
        return {"section_id": section, "slide_ids": ids}

    def facts(self, _: KnownBook | None) -> dict[str, Any]:
        fact = {
            "id": f"f{self._rng.randint(1, 10**9)}",
            "statement": self.text("Net sales were 1,000"),
            "value": 1000,
            "unit": "USD million",
            "period": "FY2024",
            "source": {"source_id": "figures", "locator": "row 2"},
        }
        return {"facts": [fact]}

    def title(self, _: KnownBook | None) -> dict[str, Any]:
        return {"title": self.text("Title")}

    def nothing(self, _: KnownBook | None) -> dict[str, Any]:
        return {}

    def restore(self, book: KnownBook) -> dict[str, Any]:
        artifact = self._rng.choice((None, "buyer_persona", "hero_context", "outline", "slides"))
        return {"to_seq": self._rng.randint(1, book.rev + 2), "artifact": artifact}

    def entity(self, book: KnownBook) -> dict[str, Any]:
        kind = self._rng.choice(("company", "person", "product", "market", "customer"))
        return {"entity": {"kind": kind, "name": self.text("Name"), "description": self.text("Known for")}}

    def entity_update(self, book: KnownBook) -> dict[str, Any]:
        return {"entity_id": self._entity_id(book), **self.entity(book)}

    def entity_ref(self, book: KnownBook) -> dict[str, Any]:
        return {"entity_id": self._entity_id(book)}

    def relationship(self, book: KnownBook) -> dict[str, Any]:
        ends = {"from_id": self._entity_id(book), "to_id": self._entity_id(book)}
        return {"relationship": {**ends, "kind": "supplies", "description": self.text("Since 2011")}}

    def relationship_ref(self, book: KnownBook) -> dict[str, Any]:
        known = sorted(book.relationships)
        return {"relationship_id": self._rng.choice(known) if known else "none"}

    def decision(self, _: KnownBook | None) -> dict[str, Any]:
        return {"decision": {"text": self.text("We lead with"), "reason": self.text("Since")}}

    def no_request(self, _: KnownBook | None) -> dict[str, Any]:
        return {"request_id": "nobody-asked", "how": "cancelled"}

    def acceptance(self, _: KnownBook | None) -> dict[str, Any]:
        return {"finding_id": f"finding-{self._rng.randint(1, 5)}", "reason": self.text("Agreed with the company")}

    def acceptance_ref(self, _: KnownBook | None) -> dict[str, Any]:
        return {"finding_id": f"finding-{self._rng.randint(1, 5)}"}

    def _section_id(self) -> str:
        return self._rng.choice((*SECTIONS, *SECTIONS, *SECTIONS, "nowhere"))

    def _slide_id(self, book: KnownBook) -> str:
        return self._rng.choice(sorted(book.slides)) if book.slides and self._rng.random() < 0.95 else "no-such-slide"

    def _entity_id(self, book: KnownBook) -> str:
        return self._rng.choice(sorted(book.entities)) if book.entities else "nobody"

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self._rng.getrandbits(128), version=4)


def is_sure(command: dict[str, Any], book: KnownBook) -> bool:
    """Whether no state of this book refuses it, and it always causes an event: its content is nobody else's."""
    always = command["type"] in ("rename", "save_buyer_persona")
    return always and "expected_rev" not in command and not book.may_complete


def seen(events: list[dict[str, Any]]) -> tuple[SeenEvent, ...]:
    return tuple(SeenEvent.of(event) for event in events)


def _section(name: str) -> dict[str, Any]:
    return {"id": name, "title": name.title(), "description": ""}


_MAKERS: dict[str, Callable[[Writer, KnownBook], dict[str, Any]]] = {
    "navigate": Writer.navigate,
    "go_to_section": Writer.go_to_section,
    "go_to_slide": Writer.slide_ref,
    "save_buyer_persona": Writer.persona,
    "save_hero_context": Writer.hero,
    "save_outline": Writer.outline,
    "save_slide": Writer.slide,
    "approve_slide": Writer.slide_ref,
    "remove_slide": Writer.slide_ref,
    "confirm_artifact": Writer.confirm,
    "reorder_slides": Writer.reorder,
    "gather_context": Writer.facts,
    "rename": Writer.title,
    "complete": Writer.nothing,
    "reopen": Writer.nothing,
    "restore": Writer.restore,
    "create_entity": Writer.entity,
    "update_entity": Writer.entity_update,
    "remove_entity": Writer.entity_ref,
    "create_relationship": Writer.relationship,
    "remove_relationship": Writer.relationship_ref,
    "commit_decision": Writer.decision,
    "close_request": Writer.no_request,
    "accept_finding": Writer.acceptance,
    "withdraw_acceptance": Writer.acceptance_ref,
}

_WEIGHTS = {
    **dict.fromkeys(_MAKERS, 2),
    "save_slide": 14,
    "rename": 8,
    "approve_slide": 5,
    "save_buyer_persona": 4,
    "restore": 1,
    "gather_context": 1,
    "commit_decision": 1,
    "complete": 1,
    "close_request": 1,
}
