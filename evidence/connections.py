"""Known entities that documents name together without a relationship between them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from domain.knowledge import Entity, EntityKind, KnowledgeGraph, Strength
from evidence.entities import Mention, mentions_of

MOST_IN_A_SENTENCE = 12
_BY_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("competes_with", r"\b(?:compet\w+|rivals?|against)\b"),
        ("acquired", r"\b(?:acquired|acquisition of|bought|took over|purchased)\b"),
        ("supplies", r"\b(?:suppl(?:y|ies|ied|ier)|delivers? to|fills? for|manufactures? for)\b"),
        ("employs", r"\b(?:employs?|chief|ceo|cfo|chair\w*|president|director|manager|founder|led by|leads?)\b"),
        ("owns", r"\b(?:owns?|owned by|subsidiary|parent|brand of|belongs to)\b"),
        ("partners_with", r"\b(?:partner\w*|alliance|joint venture|together with|licen[sc]\w+)\b"),
        ("sells", r"\b(?:sells?|sold|sales|offers?|markets|develops?)\b"),
    )
)
_BY_KINDS: dict[tuple[EntityKind, EntityKind], str] = {
    ("company", "product"): "sells",
    ("company", "person"): "employs",
    ("company", "market"): "operates_in",
    ("company", "customer"): "supplies",
    ("product", "market"): "sold_in",
    ("customer", "product"): "buys",
    ("customer", "market"): "operates_in",
    ("person", "market"): "responsible_for",
    ("person", "product"): "responsible_for",
}
_ORDER: tuple[EntityKind, ...] = ("company", "customer", "person", "product", "market")


@dataclass(slots=True)
class Connection:
    """A relationship that may be missing: how often both stand in one sentence, and where."""

    from_id: str
    to_id: str
    kind: str
    strength: Strength
    together: int
    mentions: list[Mention] = field(default_factory=list[Mention])


def connections(
    graph: KnowledgeGraph, passages: Sequence[tuple[str, str]], among: frozenset[str] = frozenset()
) -> list[Connection]:
    """Most often together first. `among` limits to pairs with one of these entities; empty for all.

    Two markets are not connected, nor are pairs that are related already, whichever way round.
    """
    of_sentence: dict[tuple[int, str], list[Entity]] = defaultdict(list)
    for entity in graph.entities:
        for mention in mentions_of(entity.name, entity.aliases, passages):
            of_sentence[mention.passage, mention.sentence].append(entity)
    related = {frozenset((one.from_id, one.to_id)) for one in graph.relationships}
    together: dict[tuple[str, str], list[Mention]] = defaultdict(list)
    known = {entity.id: entity for entity in graph.entities}
    for (passage, sentence), entities in of_sentence.items():
        for one, other in combinations(_distinct(entities)[:MOST_IN_A_SENTENCE], 2):
            first, second = sorted((one, other), key=lambda entity: (_ORDER.index(entity.kind), entity.id))
            if _may_relate(first, second, among) and frozenset((one.id, other.id)) not in related:
                together[first.id, second.id].append(Mention(passage, sentence))
    found = [
        Connection(
            from_id=first,
            to_id=second,
            kind=_kind(known[first], known[second], [mention.sentence for mention in mentions]),
            strength="strong" if len(mentions) >= 5 else "medium" if len(mentions) >= 2 else "weak",
            together=len(mentions),
            mentions=mentions,
        )
        for (first, second), mentions in together.items()
    ]
    return sorted(found, key=lambda one: (-one.together, one.from_id, one.to_id))


def _distinct(entities: Sequence[Entity]) -> list[Entity]:
    """Without those whose name is only a part of another one's: `Nordlys` in `Nordlys Cloud`."""
    names = [entity.name.casefold() for entity in entities]
    return [
        entity
        for index, entity in enumerate(entities)
        if not any(at != index and names[index] != name and names[index] in name for at, name in enumerate(names))
    ]


def _may_relate(one: Entity, other: Entity, among: frozenset[str]) -> bool:
    if one.id == other.id or (one.kind == other.kind == "market"):
        return False
    return not among or one.id in among or other.id in among


def _kind(one: Entity, other: Entity, sentences: Sequence[str]) -> str:
    said = " ".join(sentences)
    by_kind = _BY_KINDS.get((one.kind, other.kind))
    if by_kind is not None:
        return by_kind
    return next((kind for kind, pattern in _BY_WORDS if pattern.search(said)), "related_to")
