"""What a book is about: entities, relationships, decisions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.commands import (
    Command,
    CommitDecision,
    CreateEntity,
    CreateRelationship,
    RemoveEntity,
    RemoveRelationship,
    Restore,
    UpdateEntity,
    detach_bulk,
)
from domain.diff import diff
from domain.events import EntitySaved, RelationshipSaved
from domain.evolve import fold
from domain.knowledge import (
    MAX_DECISIONS,
    MAX_ENTITIES,
    MAX_RELATIONSHIPS,
    DecisionBody,
    EntityBody,
    EntityDraft,
    EntityKind,
    RelationshipBody,
    RelationshipDraft,
    Strength,
)
from domain.knowledge_diff import KnowledgeBody, changed_hashes
from domain.refusals import Refusal
from domain.state import CIMContent

from .books import Book, full_book


def create(book: Book, name: str, id_: str | None = None, kind: EntityKind = "company", words: str = "") -> Command:
    entity = EntityDraft(id=id_, kind=kind, name=name, description=words)
    return CreateEntity(type="create_entity", command_id=book.command_id(), entity=entity)


def update(book: Book, id_: str, name: str, words: str = "") -> Command:
    entity = EntityDraft(kind="company", name=name, description=words)
    return UpdateEntity(type="update_entity", command_id=book.command_id(), entity_id=id_, entity=entity)


def relate(book: Book, from_id: str, to_id: str, id_: str | None = None, strength: Strength = "medium") -> Command:
    edge = RelationshipDraft(id=id_, from_id=from_id, to_id=to_id, kind="supplies", strength=strength)
    return CreateRelationship(type="create_relationship", command_id=book.command_id(), relationship=edge)


def remove(book: Book, id_: str) -> Command:
    return RemoveEntity(type="remove_entity", command_id=book.command_id(), entity_id=id_)


def decided(book: Book, text: str, reason: str = "since") -> Command:
    decision = DecisionBody(text=text, reason=reason)
    return CommitDecision(type="commit_decision", command_id=book.command_id(), decision=decision)


@pytest.fixture
def book() -> Book:
    """Bluecan supplies Acme, and one decision."""
    made = full_book()
    for command in (create(made, "Bluecan", "bluecan"), create(made, "Acme", "acme")):
        made.send(command)
    made.send(relate(made, "bluecan", "acme", "e1"))
    made.send(decided(made, "Acme stays unnamed"))
    return made


REFUSED: list[tuple[str, Callable[[Book], Command]]] = [
    ("duplicate_entity", lambda b: create(b, "Other", "acme")),
    ("duplicate_entity", lambda b: create(b, "ACME")),
    ("duplicate_entity", lambda b: update(b, "acme", "bluecan")),
    ("unknown_entity", lambda b: update(b, "none", "None")),
    ("unknown_entity", lambda b: remove(b, "none")),
    ("unknown_entity", lambda b: relate(b, "acme", "none")),
    ("unknown_entity", lambda b: relate(b, "none", "acme")),
    (
        "unknown_relationship",
        lambda b: RemoveRelationship(type="remove_relationship", command_id=b.command_id(), relationship_id="none"),
    ),
]


@pytest.mark.parametrize(("code", "make"), REFUSED, ids=[f"{code}-{n}" for n, (code, _) in enumerate(REFUSED)])
def test_refused_without_a_trace(book: Book, code: str, make: Callable[[Book], Command]) -> None:
    before = book.session
    with pytest.raises(Refusal) as refused:
        book.send(make(book))
    assert refused.value.problem.code == code
    assert book.session == before


NOTHING: list[Callable[[Book], Command]] = [
    lambda b: update(b, "acme", "Acme"),
    lambda b: relate(b, "bluecan", "acme"),
    lambda b: relate(b, "bluecan", "acme", "another-id"),
    lambda b: decided(b, "Acme stays unnamed"),
]


@pytest.mark.parametrize("make", NOTHING)
def test_the_same_again_changes_nothing(book: Book, make: Callable[[Book], Command]) -> None:
    assert book.send(make(book)).events == ()


def test_one_name_may_stand_for_two_kinds_and_ids_are_given_out(book: Book) -> None:
    handled = book.send(create(book, "Acme", kind="product"))
    [event] = handled.events
    assert isinstance(event, EntitySaved)
    assert (event.change, book.content.entities[event.entity_id].kind) == ("created", "product")


def test_an_update_may_keep_or_change_the_name(book: Book) -> None:
    [event] = book.send(update(book, "acme", "ACME", "the largest customer")).events
    assert isinstance(event, EntitySaved)
    assert event.change == "updated"
    assert book.content.entities["acme"].name == "ACME"


def test_a_relationship_is_brought_up_to_date_under_its_id(book: Book) -> None:
    [event] = book.send(relate(book, "bluecan", "acme", strength="strong")).events
    assert isinstance(event, RelationshipSaved)
    assert (event.relationship_id, event.change) == ("e1", "updated")
    assert book.content.relationships["e1"].strength == "strong"


def test_an_entity_goes_with_its_relationships_and_restore_brings_them_back(book: Book) -> None:
    book.send(create(book, "Third", "third"))
    book.send(relate(book, "acme", "third", "e2"))
    book.send(relate(book, "bluecan", "third", "e3"))
    before, rev = book.content, book.state.rev
    removed = book.send(remove(book, "acme"))
    assert [event.type for event in removed.events] == [
        "relationship_removed",
        "relationship_removed",
        "entity_removed",
    ]
    assert set(book.content.relationships) == {"e3"}
    restore = Restore(type="restore", command_id=book.command_id(), to_seq=rev, content=before)
    book.send(restore)
    assert book.content == before


def test_nothing_of_it_touches_stage_staleness_or_slides(book: Book) -> None:
    untouched = full_book().content
    for name in ("stage", "status", "slides", "buyer_persona", "hero_context", "outline", "completed_stages"):
        assert getattr(book.content, name) == getattr(untouched, name)


def _reference_limit(book: Book, count: int, make: Callable[[int], Command]) -> str:
    for n in range(count):
        book.send(make(n))
    with pytest.raises(Refusal) as refused:
        book.send(make(count))
    assert str(count) in refused.value.problem.message
    return refused.value.problem.code


def test_what_a_book_holds_is_bounded() -> None:
    entities, decisions, relationships = Book(), Book(), Book()
    assert _reference_limit(entities, MAX_ENTITIES, lambda n: create(entities, f"E{n}")) == "limit_reached"
    assert _reference_limit(decisions, MAX_DECISIONS, lambda n: decided(decisions, f"D{n}")) == "limit_reached"
    side = 32
    for n in range(side):
        relationships.send(create(relationships, f"E{n}", f"e{n}"))

    def edge(n: int) -> Command:
        return relate(relationships, f"e{n // side}", f"e{n % side}")

    assert _reference_limit(relationships, MAX_RELATIONSHIPS, edge) == "limit_reached"


def test_bodies_travel_apart(book: Book) -> None:
    command = create(book, "Long", words="a long story " * 100)
    detached, bodies = detach_bulk(command)
    [(hash_, text)] = bodies.items()
    assert "long story" not in detached.model_dump_json()
    assert EntityBody.model_validate_json(text).hash == hash_
    book.send(detached)
    assert "long story" not in book.state.model_dump_json()


def test_a_diff_tells_of_the_graph() -> None:
    book = Book()
    bodies: dict[str, KnowledgeBody] = {}

    def send(command: Command) -> None:
        for hash_, text in detach_bulk(command)[1].items():
            bodies[hash_] = kinds[command.type].model_validate_json(text)
        book.send(command)

    kinds: dict[str, type[KnowledgeBody]] = {
        "create_entity": EntityBody,
        "update_entity": EntityBody,
        "create_relationship": RelationshipBody,
        "commit_decision": DecisionBody,
    }
    send(create(book, "Bluecan", "bluecan"))
    send(create(book, "Acme", "acme"))
    before = book.state
    send(update(book, "acme", "Acme Group", "larger"))
    send(relate(book, "bluecan", "acme"))
    send(decided(book, "Go on"))
    found = diff(before, book.state, {}, bodies).knowledge
    assert [(each.kind, each.name, each.change) for each in found] == [
        ("entity", "Acme Group", "changed"),
        ("relationship", "Bluecan supplies Acme Group", "added"),
        ("decision", "Go on", "added"),
    ]
    assert {each.field: (each.before, each.after) for each in found[0].fields} == {
        "name": ("Acme", "Acme Group"),
        "description": ("", "larger"),
    }
    assert set(changed_hashes(before.content, book.content)) <= set(bodies)
    back = diff(book.state, before, {}, bodies).knowledge
    assert [each.change for each in back] == ["changed", "removed", "removed"]
    [by_hash, *_] = diff(before, book.state, {}).knowledge
    assert {each.field for each in by_hash.fields} == {"name", "content_hash"}


def test_logs_from_before_there_was_a_graph_fold_as_they_did() -> None:
    book = full_book()
    dumped = book.content.model_dump(mode="json")
    for name in ("entities", "relationships", "decisions"):
        assert not dumped.pop(name)
    assert CIMContent.model_validate(dumped) == book.content
    assert fold(book.log) == book.state
