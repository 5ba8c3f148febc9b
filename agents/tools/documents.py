"""What the documents say: search, whom and what they name, and how that relates."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, JsonValue

from agents.brief import without_commands
from agents.tools.tool import Tool, ToolDesk, ToolResult
from domain.knowledge import Entity, EntityKind, KnowledgeGraph
from domain.values import Id, Paragraph, Value
from evidence.connections import Connection, connections
from evidence.entities import Found, Mention, detect
from evidence.sentences import sentences_of

MOST_TEXT = 900
MOST_QUOTE = 300
MOST_SOURCES = 4


class SearchDocuments(Value):
    query: Annotated[Paragraph, Field(min_length=1, max_length=400, description="Words and figures to look for")]
    limit: Annotated[int, Field(ge=1, le=20)] = 8


class DetectEntities(Value):
    kinds: Annotated[tuple[EntityKind, ...], Field(max_length=5, description="None: every kind")] = ()
    least_mentions: Annotated[int, Field(ge=1, le=50)] = 1
    limit: Annotated[int, Field(ge=1, le=60)] = 30


class SuggestConnections(Value):
    entity_ids: Annotated[tuple[Id, ...], Field(max_length=50, description="None: all that the book knows")] = ()
    limit: Annotated[int, Field(ge=1, le=40)] = 15


async def _search(arguments: SearchDocuments, desk: ToolDesk) -> ToolResult:
    evidence, cim_id = desk.evidence, desk.scope.cim_id
    if not evidence.passages and not evidence.facts:
        return ToolResult(content={"facts": [], "passages": []}, summary="No document has been read yet.")
    facts = await desk.library.facts(cim_id, evidence, arguments.query, arguments.limit)
    passages = await desk.library.passages(cim_id, evidence, arguments.query, arguments.limit)
    found: dict[str, JsonValue] = {
        "facts": [
            {name: value for name, value in fact.model_dump(mode="json").items() if value not in ("", None)}
            for fact in evidence.brief_facts(list(facts))
        ],
        "passages": [
            {**passage.model_dump(mode="json"), "text": _closest(passage.text, arguments.query)}
            for passage in evidence.brief_passages(list(passages))
        ],
    }
    summary = f"“{arguments.query[:80]}”: {len(facts)} facts and {len(passages)} passages."
    return ToolResult(content=found, summary=summary)


def _closest(text: str, query: str) -> str:
    """The part of a long passage that has most of the words looked for."""
    if len(text) <= MOST_TEXT:
        return text
    words = {word for word in re.findall(r"\w{3,}", query.casefold())}
    sentences = sentences_of(text)
    scores = [sum(word in sentence.casefold() for word in words) for sentence in sentences]
    best = max(range(len(sentences)), key=lambda index: (scores[index], -index))
    part = sentences[best][:MOST_TEXT]
    for sentence in sentences[best + 1 :]:
        if len(part) + len(sentence) >= MOST_TEXT:
            break
        part = f"{part} {sentence}"
    return f"{'… ' if best else ''}{part} …"


async def _detect(arguments: DetectEntities, desk: ToolDesk) -> ToolResult:
    graph = await desk.workspace.graph(desk.scope.cim_id)
    texts = _texts(desk)
    named = [fact.entity for fact in desk.evidence.facts if fact.entity]
    every = await asyncio.to_thread(detect, texts, named)
    wanted = [
        one
        for one in every
        if (not arguments.kinds or one.kind in arguments.kinds) and one.count >= arguments.least_mentions
    ]
    shown: list[JsonValue] = [_entity(one, desk, _known(one, graph)) for one in wanted[: arguments.limit]]
    new = sum(_known(one, graph) is None for one in wanted)
    summary = f"The documents name {len(wanted)} entities, {new} of them new to the book."
    return ToolResult(content={"entities": shown, "left_out": max(0, len(wanted) - len(shown))}, summary=summary)


def _texts(desk: ToolDesk) -> list[tuple[str, str]]:
    return [(passage.heading, without_commands(passage.text)) for passage in desk.evidence.passages]


def _known(found: Found, graph: KnowledgeGraph) -> Entity | None:
    names = {name.casefold() for name in (found.name, *found.aliases)}
    return next(
        (one for one in graph.entities if names & {name.casefold() for name in (one.name, *one.aliases)}),
        None,
    )


def _entity(found: Found, desk: ToolDesk, known: Entity | None) -> dict[str, JsonValue]:
    entity: dict[str, JsonValue] = {
        "kind": found.kind,
        "name": found.name,
        "mentions": found.count,
        "sources": _sources(found.mentions, desk),
    }
    if found.aliases:
        entity["aliases"] = list[JsonValue](found.aliases)
    if known is not None:
        entity["known_as"] = known.id
    return entity


def _sources(mentions: Sequence[Mention], desk: ToolDesk) -> list[JsonValue]:
    """Where they stand, at most one place for each passage, different documents first."""
    by_passage = {mention.passage: mention for mention in reversed(mentions)}
    seen: set[str] = set()
    first, rest = list[Mention](), list[Mention]()
    for index in sorted(by_passage):
        document = desk.evidence.passages[index].source_id
        (rest if document in seen else first).append(by_passage[index])
        seen.add(document)
    return [_source(mention, desk) for mention in [*first, *rest][:MOST_SOURCES]]


def _source(mention: Mention, desk: ToolDesk) -> dict[str, JsonValue]:
    passage = desk.evidence.passages[mention.passage]
    return {
        "ref": desk.evidence.passage_ref(mention.passage),
        "document": desk.evidence.document(passage.source_id),
        "source_id": passage.source_id,
        "passage_id": passage.passage_id,
        "locator": passage.locator,
        "quote": mention.sentence[:MOST_QUOTE],
    }


async def _connections(arguments: SuggestConnections, desk: ToolDesk) -> ToolResult:
    graph = await desk.workspace.graph(desk.scope.cim_id)
    unknown = sorted(set(arguments.entity_ids) - {entity.id for entity in graph.entities})
    if unknown:
        return ToolResult(rejected=f"The book knows no entity {', '.join(unknown)}.")
    if len(graph.entities) < 2:
        return ToolResult(
            content={"connections": []},
            summary="The book knows fewer than two entities, so nothing can be connected yet.",
        )
    found = await asyncio.to_thread(connections, graph, _texts(desk), frozenset(arguments.entity_ids))
    names = {entity.id: entity.name for entity in graph.entities}
    shown: list[JsonValue] = [_connection(one, names, desk) for one in found[: arguments.limit]]
    summary = f"{len(found)} pairs of entities stand together in the documents without a relationship in the book."
    return ToolResult(content={"connections": shown, "left_out": max(0, len(found) - len(shown))}, summary=summary)


def _connection(one: Connection, names: dict[str, str], desk: ToolDesk) -> dict[str, JsonValue]:
    return {
        "from_id": one.from_id,
        "from": names[one.from_id],
        "to_id": one.to_id,
        "to": names[one.to_id],
        "kind": one.kind,
        "strength": one.strength,
        "together": one.together,
        "sources": _sources(one.mentions, desk),
    }


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="search_documents",
        description="Finds facts (F..) and passages (P..) of the documents that fit some words. Cite them by these "
        "names.",
        arguments=SearchDocuments,
        permission="read",
        run=_search,
    ),
    Tool(
        name="detect_entities",
        description="Lists companies, people, products, markets and customers that the documents name, with counts and "
        "places. `known_as` is the id of those that the book has. Nothing is saved: create_entity does that.",
        arguments=DetectEntities,
        permission="read",
        run=_detect,
    ),
    Tool(
        name="suggest_connections",
        description="Lists known entities that the documents name together but that have no relationship in the book, "
        "with a guess of its kind and the sentences. Nothing is saved: create_relationship does that.",
        arguments=SuggestConnections,
        permission="read",
        run=_connections,
    ),
)
