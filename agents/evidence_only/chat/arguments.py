"""Drafts as arguments of the tools that save them."""

from __future__ import annotations

from pydantic import JsonValue

from agents.drafted import DraftedHero, DraftedOutline, DraftedPersona, DraftedSlide
from agents.evidence_only.chat.reply import Call


def persona_call(drafted: DraftedPersona) -> Call:
    motivations: list[JsonValue] = [item.text for item in drafted.motivations]
    concerns: list[JsonValue] = [item.text for item in drafted.concerns]
    return Call("save_buyer_persona", {"type": drafted.type, "motivations": motivations, "concerns": concerns})


def hero_call(drafted: DraftedHero) -> Call:
    return Call(
        "save_hero_context",
        {
            "selected_hero": drafted.selected_hero,
            "asset": drafted.asset.text,
            "timing": drafted.timing.text,
            "opportunity": drafted.opportunity.text,
        },
    )


def outline_call(drafted: DraftedOutline) -> Call:
    sections: list[JsonValue] = [
        {**({"id": section.id} if section.id else {}), "title": section.title, "description": section.description}
        for section in drafted.sections
    ]
    return Call("save_outline", {"sections": sections})


def slide_call(drafted: DraftedSlide, section_id: str, slide_id: str = "") -> Call:
    arguments = drafted.model_dump(mode="json", exclude={"topic"})
    return Call("save_slide", {**arguments, "section_id": section_id, **({"slide_id": slide_id} if slide_id else {})})
