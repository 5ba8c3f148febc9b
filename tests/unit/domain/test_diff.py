"""What differs between two moments of a CIM."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, datetime

from domain.commands import (
    Command,
    Create,
    GatherContext,
    RemoveSlide,
    Rename,
    SaveBuyerPersona,
    SaveOutline,
    SaveSlide,
    detach_bulk,
)
from domain.decide import decide
from domain.diff import CIMDiff, diff
from domain.evolve import fold
from domain.model import (
    BuyerPersona,
    Fact,
    SectionDraft,
    SlideBody,
    SlideDraft,
    SourceReference,
    TextComponent,
)
from domain.state import CIMState
from domain.values import Actor

AT = datetime(2026, 1, 1, tzinfo=UTC)
LEA = Actor(kind="user", id="lea")


class Story:
    """A CIM that is changed step by step, with the bodies that its slides refer to."""

    def __init__(self) -> None:
        self.state: CIMState | None = None
        self.bodies: dict[str, SlideBody] = {}
        self._ids = (f"n{n}" for n in itertools.count())

    def then(self, command: Command) -> CIMState:
        detached, texts = detach_bulk(command)
        if isinstance(command, SaveSlide):
            self.bodies.update({hash_: SlideBody.model_validate_json(text) for hash_, text in texts.items()})
        events = decide(self.state, detached, LEA, AT, lambda: next(self._ids))
        self.state = fold(events, self.state)
        assert self.state is not None
        return self.state

    def begin(self) -> CIMState:
        self.then(
            Create(
                type="create",
                command_id=uuid.uuid4(),
                cim_id="c",
                org_id="o",
                deal_id="d",
                project_id="p",
                title="Bluecan",
            )
        )
        sections = (SectionDraft(id="a", title="A"), SectionDraft(id="b", title="B"))
        return self.then(SaveOutline(type="save_outline", command_id=uuid.uuid4(), sections=sections))

    def slide(self, text: str, slide_id: str = "s1", section_id: str = "a") -> CIMState:
        draft = SlideDraft(
            id=slide_id,
            section_id=section_id,
            title="Slide",
            layout_type="text",
            components=(TextComponent(type="text", text=text), TextComponent(type="text", text="the same")),
        )
        return self.then(SaveSlide(type="save_slide", command_id=uuid.uuid4(), slide=draft))


def fields(found: CIMDiff) -> dict[str, tuple[object, object]]:
    [slide] = found.slides
    return {change.field: (change.before, change.after) for change in slide.fields}


def test_the_same_moment_differs_in_nothing() -> None:
    story = Story()
    state = story.begin()
    assert diff(state, state, story.bodies) == CIMDiff(
        from_seq=state.rev, to_seq=state.rev, book=(), artifacts=(), slides=(), facts_added=0, facts_removed=0
    )


def test_a_slide_that_changed_is_told_component_by_component() -> None:
    story = Story()
    story.begin()
    before = story.slide("old")
    after = story.slide("new")
    found = diff(before, after, story.bodies)
    assert found.slides[0].change == "changed"
    changes = fields(found)
    assert list(changes) == ["components.c1"]
    old, new = changes["components.c1"]
    assert isinstance(old, dict)
    assert isinstance(new, dict)
    assert (old["text"], new["text"]) == ("old", "new")


def test_slides_come_and_go() -> None:
    story = Story()
    without = story.begin()
    with_slide = story.slide("text")
    added = diff(without, with_slide, story.bodies)
    assert [(slide.slide_id, slide.change) for slide in added.slides] == [("s1", "added")]
    assert all(change.before is None for change in added.slides[0].fields)
    gone = story.then(RemoveSlide(type="remove_slide", command_id=uuid.uuid4(), slide_id="s1"))
    removed = diff(with_slide, gone, story.bodies)
    assert [(slide.slide_id, slide.change, slide.title) for slide in removed.slides] == [("s1", "removed", "Slide")]


def test_a_move_is_a_change_of_section() -> None:
    story = Story()
    story.begin()
    before = story.slide("text", section_id="a")
    after = story.slide("text", section_id="b")
    assert fields(diff(before, after, story.bodies)) == {"section_id": ("a", "b")}


def test_artifacts_and_book_fields() -> None:
    story = Story()
    before = story.begin()
    persona = BuyerPersona(type="strategic", motivations=("growth",))
    story.then(SaveBuyerPersona(type="save_buyer_persona", command_id=uuid.uuid4(), persona=persona))
    after = story.then(Rename(type="rename", command_id=uuid.uuid4(), title="Renamed"))
    found = diff(before, after, {})
    assert {change.field: (change.before, change.after) for change in found.book}["title"] == ("Bluecan", "Renamed")
    by_name = {artifact.artifact: artifact for artifact in found.artifacts}
    assert by_name["buyer_persona"].change == "added"
    assert {change.field: change.after for change in by_name["buyer_persona"].fields} == {
        "type": "strategic",
        "motivations": ["growth"],
        "concerns": [],
    }
    assert [change.field for change in by_name["outline"].fields] == ["stale_reason"]


def test_an_outline_is_told_section_by_section() -> None:
    story = Story()
    before = story.begin()
    sections = (SectionDraft(id="b", title="B"), SectionDraft(id="a", title="A, larger"))
    after = story.then(SaveOutline(type="save_outline", command_id=uuid.uuid4(), sections=sections))
    [outline] = diff(before, after, {}).artifacts
    assert outline.change == "changed"
    assert [change.field for change in outline.fields] == ["order", "sections.a"]


def test_facts_are_counted() -> None:
    story = Story()
    before = story.begin()
    fact = Fact(id="f", statement="s", source=SourceReference(source_id="x", locator="p. 1"))
    after = story.then(GatherContext(type="gather_context", command_id=uuid.uuid4(), facts=(fact,)))
    found = diff(before, after, {})
    assert (found.facts_added, found.facts_removed) == (1, 0)
    back = diff(after, before, {})
    assert (back.facts_added, back.facts_removed) == (0, 1)
