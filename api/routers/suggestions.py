"""What a check of the words suggests to people: entities and relationships that may be missing, slides that repeat
each other. Nothing is saved; people take what they agree with by commands."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import islice

from fastapi import APIRouter

from api.dependencies import Opened, PartsOf, unknown_cim
from api.problems import problems
from domain.book import Book
from domain.knowledge import EntityKind, KnowledgeGraph, Strength
from domain.model import SourceReference
from domain.values import Value
from evidence.connections import connections
from evidence.doubles import says_again
from evidence.entities import Found, Mention, detect
from evidence.similarity import WordSpace
from evidence.slide_texts import text_of
from store import SourcePassage

router = APIRouter(tags=["suggestions"])

MOST_ENTITIES, MOST_CONNECTIONS, MOST_REPETITIONS, MOST_PLACES = 60, 40, 100, 3
LONGEST_QUOTE = 400
MUCH_ALIKE = 0.6


class SuggestedEntity(Value):
    """Something that the documents name and the book does not know; `mentions` counts how often."""

    kind: EntityKind
    name: str
    aliases: tuple[str, ...] = ()
    mentions: int
    sources: tuple[SourceReference, ...] = ()


class SuggestedRelationship(Value):
    """Two entities of the book that the documents name in one sentence, `together` times, without a relationship."""

    from_id: str
    to_id: str
    kind: str
    strength: Strength
    together: int
    sources: tuple[SourceReference, ...] = ()


class GraphSuggestions(Value):
    """Those that the documents speak for most come first."""

    entities: tuple[SuggestedEntity, ...] = ()
    relationships: tuple[SuggestedRelationship, ...] = ()


class Repetition(Value):
    """Two slides that say much the same. `likeness` is from 0 to 1; `same_figures`: the same statements or tables."""

    slide_ids: tuple[str, str]
    likeness: float
    same_figures: bool


class Repetitions(Value):
    """`rev` is the revision of the book that was compared."""

    rev: int
    items: tuple[Repetition, ...] = ()


@router.get("/cims/{cim_id}/graph/suggestions", operation_id="suggest_graph", responses=problems(403, 404))
async def suggest_graph(parts: PartsOf, opened: Opened) -> GraphSuggestions:
    """What the documents name that the graph does not have."""
    graph, passages, facts = await asyncio.gather(
        parts.store.books.graph(opened.cim_id),
        parts.store.passages.of_cim(opened.cim_id),
        parts.store.books.facts(opened.cim_id),
    )
    return await asyncio.to_thread(_suggestions, graph, passages, [fact.entity for fact in facts if fact.entity])


@router.get("/cims/{cim_id}/repetitions", operation_id="list_repetitions", responses=problems(403, 404))
async def list_repetitions(parts: PartsOf, opened: Opened) -> Repetitions:
    """Pairs of slides that say much the same, most alike first."""
    book = await parts.store.books.book(opened.cim_id)
    if book is None:
        raise unknown_cim()
    return await asyncio.to_thread(_repetitions, book)


def _suggestions(graph: KnowledgeGraph, passages: Sequence[SourcePassage], named: list[str]) -> GraphSuggestions:
    texts = [(passage.heading, passage.text) for passage in passages]
    known = {name.casefold() for entity in graph.entities for name in (entity.name, *entity.aliases)}
    missing = (one for one in detect(texts, named) if not _names(one) & known)
    return GraphSuggestions(
        entities=tuple(
            SuggestedEntity(
                kind=one.kind,
                name=one.name,
                aliases=tuple(one.aliases),
                mentions=one.count,
                sources=_places(one.mentions, passages),
            )
            for one in islice(missing, MOST_ENTITIES)
        ),
        relationships=tuple(
            SuggestedRelationship(
                from_id=one.from_id,
                to_id=one.to_id,
                kind=one.kind,
                strength=one.strength,
                together=one.together,
                sources=_places(one.mentions, passages),
            )
            for one in connections(graph, texts)[:MOST_CONNECTIONS]
        ),
    )


def _names(found: Found) -> set[str]:
    return {name.casefold() for name in (found.name, *found.aliases)}


def _places(mentions: Sequence[Mention], passages: Sequence[SourcePassage]) -> tuple[SourceReference, ...]:
    """At most one place for each passage."""
    by_passage = {mention.passage: mention for mention in reversed(mentions)}
    return tuple(
        SourceReference(
            source_id=passages[index].source_id,
            passage_id=passages[index].passage_id,
            locator=passages[index].locator,
            quote=by_passage[index].sentence[:LONGEST_QUOTE],
        )
        for index in sorted(by_passage)[:MOST_PLACES]
    )


def _repetitions(book: Book) -> Repetitions:
    slides = book.slides
    space = WordSpace([text_of(slide.body) for slide in slides])
    return Repetitions(
        rev=book.rev,
        items=tuple(
            Repetition(
                slide_ids=(slides[pair.one].id, slides[pair.other].id),
                likeness=round(pair.score, 2),
                same_figures=says_again(slides[pair.one].body, slides[pair.other].body)
                or says_again(slides[pair.other].body, slides[pair.one].body),
            )
            for pair in space.pairs(MUCH_ALIKE, MOST_REPETITIONS)
        ),
    )
