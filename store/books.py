"""The CIM as it stands, folded from its log and kept in memory between reads. A read costs one look at the head."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pymongo.errors import DuplicateKeyError

from domain.book import Book, BookSlide, BookSource
from domain.events import CIMDeleted, Event
from domain.evolve import evolve
from domain.knowledge import (
    Decision,
    DecisionBody,
    Entity,
    EntityBody,
    KnowledgeGraph,
    Relationship,
    RelationshipBody,
)
from domain.model import Fact, FactBatch, SlideBody
from domain.state import CIMState, SlideState
from domain.values import Value
from store.codec import Codec
from store.contents import Contents
from store.errors import StoreError, translated
from store.heads import Heads
from store.ids import event_key
from store.locks import Locks
from store.log import Log
from store.models import Slide, Source
from store.server import Server
from store.shelves import Sources

SNAPSHOTS = "snapshots"
EVENTS_PER_SNAPSHOT = 64
MOST_BOOKS = 256

Body = TypeVar("Body", bound=Value)


class Books:
    """Snapshots are states at every 64th event. They can be lost without harm: they are made again from the log."""

    def __init__(
        self, server: Server, codec: Codec, log: Log, heads: Heads, contents: Contents, sources: Sources
    ) -> None:
        self._server = server
        self._codec = codec
        self._log = log
        self._heads = heads
        self._contents = contents
        self._sources = sources
        self._states: OrderedDict[str, CIMState] = OrderedDict()
        self._locks = Locks()
        self._bodies: OrderedDict[str, SlideBody] = OrderedDict()

    async def state(self, cim_id: str) -> CIMState | None:
        """The CIM as of its head; None for an unknown or erased one. Who asks at the same time shares the reading."""
        standing = await self._heads.standing(cim_id)
        if standing is None or standing.erased:
            self.forget(cim_id)
            return None
        known = self._states.get(cim_id)
        if known is not None and known.rev == standing.rev:
            self._states.move_to_end(cim_id)
            return known
        async with self._locks.of(cim_id):
            known = self._states.get(cim_id)
            if known is not None and known.rev >= standing.rev:
                return known
            state = await self.state_at(cim_id, standing.rev)
            if state is not None:
                self._keep(state)
            return state

    async def state_at(self, cim_id: str, to_seq: int | None = None) -> CIMState | None:
        """The CIM after event `to_seq`, or after the last one in the log; None for an unknown or erased one."""
        standing = await self._heads.standing(cim_id)
        if standing is not None and standing.erased:
            self.forget(cim_id)
            return None
        rev = standing.rev if standing is not None else 0
        state = await self._nearest(cim_id, rev if to_seq is None else min(to_seq, rev))
        async for record in self._log.all_events(cim_id, after=state.rev if state else 0, to_seq=to_seq):
            event = record.event()
            if state is None and isinstance(event, CIMDeleted):
                return None
            state = evolve(state, event)
            if state.rev % EVENTS_PER_SNAPSHOT == 0:
                await self.put_snapshot(state)
        return state

    async def book(self, cim_id: str) -> Book | None:
        """The whole book at its newest recorded revision."""
        state = await self.state(cim_id)
        if state is None:
            return None
        return book_of(
            state, await self.slides_of(state), await self.facts_of(state), await self._sources.of_cim(cim_id)
        )

    async def recorded(self, events: Sequence[Event], cim_id: str) -> None:
        """Carries the state in memory on with events that were just recorded, where it stood right before them."""
        state = self._states.get(cim_id)
        for event in events:
            if event.seq == 1:
                state = None
            elif state is None or event.seq != state.rev + 1:
                continue
            state = evolve(state, event)
            self._keep(state)
            if state.rev % EVENTS_PER_SNAPSHOT == 0:
                await self.put_snapshot(state)

    async def slides(self, cim_id: str) -> list[Slide]:
        """All slides in reading order: by section of the outline, then by position."""
        state = await self.state(cim_id)
        return [] if state is None else await self.slides_of(state)

    async def slides_of(self, state: CIMState) -> list[Slide]:
        slides = state.content.slides_in_reading_order()
        bodies = await self._bodies_of(state.cim_id, (slide.content_hash for slide in slides))
        return [slide_of(slide, bodies[slide.content_hash]) for slide in slides]

    async def slide(self, cim_id: str, slide_id: str) -> Slide | None:
        state = await self.state(cim_id)
        slide = None if state is None else state.content.slides.get(slide_id)
        if slide is None:
            return None
        return slide_of(slide, (await self._bodies_of(cim_id, [slide.content_hash]))[slide.content_hash])

    async def facts(self, cim_id: str) -> list[Fact]:
        """All gathered facts, in the order in which they were gathered."""
        state = await self.state(cim_id)
        return [] if state is None else await self.facts_of(state)

    async def facts_of(self, state: CIMState) -> list[Fact]:
        hashes = [gathered.content_hash for gathered in state.content.gathered_context]
        texts = await self._contents.texts(state.cim_id, hashes)
        missing = [content_hash for content_hash in hashes if content_hash not in texts]
        if missing:
            raise StoreError(f"facts of {state.cim_id} are missing: {missing[0]}")
        return [fact for h in hashes for fact in FactBatch.from_kept(texts[h]).facts]

    async def graph(self, cim_id: str) -> KnowledgeGraph:
        """What the book is about; an empty graph for an unknown CIM."""
        state = await self.state(cim_id)
        return KnowledgeGraph() if state is None else await self.graph_of(state)

    async def graph_of(self, state: CIMState) -> KnowledgeGraph:
        """What the book was about when it was in this state."""
        content = state.content
        known = (*content.entities.values(), *content.relationships.values(), *content.decisions)
        texts = await self._contents.texts(state.cim_id, {each.content_hash for each in known})
        entities = (
            Entity(**_body(EntityBody, texts, each.content_hash), id=each.id, rev=each.rev, updated_at=each.updated_at)
            for each in content.entities.values()
        )
        return KnowledgeGraph(
            entities=tuple(sorted(entities, key=lambda entity: (entity.name.casefold(), entity.id))),
            relationships=tuple(
                Relationship(**_body(RelationshipBody, texts, each.content_hash), id=each.id, rev=each.rev)
                for each in content.relationships.values()
            ),
            decisions=tuple(
                Decision(**_body(DecisionBody, texts, each.content_hash), id=each.id, at=each.at, by=each.by)
                for each in content.decisions
            ),
        )

    def forget(self, cim_id: str) -> None:
        self._states.pop(cim_id, None)
        for key in [key for key in self._bodies if key.startswith(f"{cim_id}:")]:
            del self._bodies[key]

    @translated
    async def put_snapshot(self, state: CIMState) -> None:
        document = {
            "_id": event_key(state.cim_id, state.rev),
            "cim_id": state.cim_id,
            "state": await self._codec.pack(state.cim_id, state.model_dump_json()),
        }
        try:
            await (await self._server.collection(SNAPSHOTS)).insert_one(document)
        except DuplicateKeyError:
            return

    @translated
    async def _nearest(self, cim_id: str, to_seq: int) -> CIMState | None:
        known = self._states.get(cim_id)
        if known is not None and known.rev <= to_seq:
            return known
        snapshots = await self._server.collection(SNAPSHOTS)
        for seq in range(to_seq - to_seq % EVENTS_PER_SNAPSHOT, 0, -EVENTS_PER_SNAPSHOT):
            found = await snapshots.find_one({"_id": event_key(cim_id, seq)})
            if found is not None:
                return CIMState.from_kept(await self._codec.unpack(found["state"]))
        return None

    async def _bodies_of(self, cim_id: str, content_hashes: Iterable[str]) -> dict[str, SlideBody]:
        wanted = list(content_hashes)
        bodies = {h: body for h in wanted if (body := self._bodies.get(f"{cim_id}:{h}")) is not None}
        texts = await self._contents.texts(cim_id, [h for h in wanted if h not in bodies])
        for content_hash in wanted:
            if content_hash not in bodies:
                if content_hash not in texts:
                    raise StoreError(f"the body {content_hash} of a slide of {cim_id} is missing")
                bodies[content_hash] = SlideBody.from_kept(texts[content_hash])
            self._bodies[f"{cim_id}:{content_hash}"] = bodies[content_hash]
            self._bodies.move_to_end(f"{cim_id}:{content_hash}")
        while len(self._bodies) > MOST_BOOKS * 8:
            self._bodies.popitem(last=False)
        return bodies

    def _keep(self, state: CIMState) -> None:
        self._states[state.cim_id] = state
        self._states.move_to_end(state.cim_id)
        while len(self._states) > MOST_BOOKS:
            self._states.popitem(last=False)


def _body(kind: type[Body], texts: Mapping[str, str], content_hash: str) -> dict[str, Any]:
    """The fields of a body. Raises StoreError where it is not kept."""
    if content_hash not in texts:
        raise StoreError(f"the body {content_hash} of the graph is missing")
    return dict(kind.from_kept(texts[content_hash]))


def book_of(state: CIMState, slides: Sequence[Slide], facts: Sequence[Fact], sources: Sequence[Source]) -> Book:
    """The book in this state, with its slides in reading order."""
    persona, hero, outline = state.content.buyer_persona, state.content.hero_context, state.content.outline
    return Book(
        cim_id=state.cim_id,
        title=state.content.title,
        status=state.content.status,
        rev=state.rev,
        as_of=state.updated_at,
        buyer_persona=persona.value if persona else None,
        hero_context=hero.value if hero else None,
        sections=outline.value.sections if outline else (),
        slides=tuple(
            BookSlide(
                id=slide.id,
                section_id=slide.section_id,
                position=slide.position,
                status=slide.status,
                stale_reason=slide.stale_reason,
                body=slide.body,
            )
            for slide in slides
        ),
        facts=tuple(facts),
        sources=tuple(BookSource(id=source.id, name=source.name, kind=source.kind) for source in sources),
    )


def slide_of(slide: SlideState, body: SlideBody) -> Slide:
    """The slide as it is read."""
    return Slide.model_construct(
        id=slide.id,
        section_id=slide.section_id,
        position=slide.position,
        title=body.title,
        layout_type=body.layout_type,
        components=body.components,
        sources=body.sources,
        notes=body.notes,
        status=slide.status,
        stale_reason=slide.stale_reason,
        rev=slide.rev,
        updated_at=slide.updated_at,
    )
