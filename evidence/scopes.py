"""Whom a figure without a subject is about: not the company, where it stands under the heading of a part of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from domain.model import Fact
from evidence.labels import whole
from evidence.places import PLACES

_PART = r"(?:region|segment|division|business unit|subsidiary|branch|brand|plant|site|affiliate)"
_NAMED_PART = re.compile(rf"\b(?P<name>(?:[A-Z][\w&-]*\s+)+{_PART})\b", re.IGNORECASE)
_PART_NAMED = re.compile(rf"\b{_PART}\s*[:\u2013-]\s*(?P<name>[A-Z][\w&-]*(?:\s+[A-Z][\w&-]*)*)", re.IGNORECASE)
_NUMBERING = re.compile(r"^(?:[A-Z]?\d+(?:\.\d+)*[.)]?|Q\d+\.)\s+")
_EVERY = re.compile(r"^(?:by|per|each|every|the|our|its|all|other|of|on|about|and)\s+", re.IGNORECASE)


def scoped(facts: Sequence[Fact], headings: Mapping[str, str]) -> list[Fact]:
    """The facts, those without a subject under such a heading with that part as theirs. `headings` by passage."""
    entities = sorted({fact.entity for fact in facts if len(fact.entity) > 2}, key=len, reverse=True)
    known: dict[str, str] = {}
    found: list[Fact] = []
    for fact in facts:
        heading = headings.get(fact.source.passage_id or "", "") if not fact.entity else ""
        if heading and heading not in known:
            known[heading] = _scope_of(_NUMBERING.sub("", heading), entities)
        scope = known.get(heading, "")
        found.append(fact.model_copy(update={"entity": scope}) if scope else fact)
    return found


def _scope_of(heading: str, entities: Sequence[str]) -> str:
    for entity in entities:
        if _stands_in(entity, heading):
            return entity
    for pattern in (_PART_NAMED, _NAMED_PART):
        named = pattern.search(heading)
        if named and not _EVERY.match(named["name"]) and not whole(named["name"]):
            return named["name"]
    return next((place.title() for place in PLACES if len(place) > 3 and _stands_in(place, heading)), "")


def _stands_in(name: str, heading: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", heading, re.IGNORECASE))
