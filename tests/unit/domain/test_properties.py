"""Properties of the core over random sequences of commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.commands import (
    AcceptFinding,
    AnswerQuestion,
    ApproveSlide,
    CloseRequest,
    Command,
    CommitDecision,
    Complete,
    ConfirmArtifact,
    CreateEntity,
    CreateRelationship,
    GatherContext,
    GoToSlide,
    Navigate,
    OpenRequest,
    RemoveEntity,
    RemoveRelationship,
    RemoveSlide,
    Rename,
    Reopen,
    Restore,
    SaveBuyerPersona,
    SaveHeroContext,
    SaveOutline,
    SaveSlide,
    UpdateEntity,
    WithdrawAcceptance,
    detach_bulk,
)
from domain.events import Event, EventRecord, SlidesMarkedStale
from domain.evolve import evolve, fold
from domain.knowledge import DecisionBody, EntityDraft, RelationshipDraft
from domain.model import (
    BuyerPersona,
    Fact,
    HeroContext,
    InvestmentThesis,
    SectionDraft,
    SlideDraft,
    SourceReference,
    TextComponent,
)
from domain.refusals import Refusal
from domain.requests import QuestionAnswer, RequestBody, RequestDraft
from domain.session import resume
from domain.state import CIMContent
from domain.values import ArtifactName, Stage

from .books import AGENT, LEA, Book

_C = TypeVar("_C")

FEW = st.sampled_from(["red", "green", "blue"])
SLIDE_IDS = st.sampled_from(["s1", "s2", "s3", "s4"])
SECTION_IDS = st.sampled_from(["a", "b", "c"])
ARTIFACTS: st.SearchStrategy[ArtifactName] = st.sampled_from(["buyer_persona", "hero_context", "outline"])
UNNUMBERED = st.just(UUID(int=0))


def _sections(titles: dict[str, str]) -> tuple[SectionDraft, ...]:
    return tuple(SectionDraft(id=id_, title=title) for id_, title in titles.items())


def _facts(value: str) -> tuple[Fact, ...]:
    return (Fact(id="f1", statement=value, source=SourceReference(source_id="s", locator="p. 1")),)


def _hero(hero: str) -> HeroContext:
    return HeroContext(selected_hero=hero, investment_thesis=InvestmentThesis(asset="a", timing="t", opportunity="o"))


def _slide(id_: str, section_id: str, text: str) -> SlideDraft:
    components = (TextComponent(type="text", text=text),)
    return SlideDraft(id=id_, section_id=section_id, title="T", layout_type="text", components=components)


def _command(command_class: type[_C], type_: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[_C]:
    return st.builds(command_class, type=st.just(type_), command_id=UNNUMBERED, expected_rev=st.none(), **fields)


def _entity(id_: str | None, name: str) -> EntityDraft:
    return EntityDraft(id=id_, kind="company", name=name)


def _edge(id_: str, from_id: str, to_id: str) -> RelationshipDraft:
    return RelationshipDraft(id=id_, from_id=from_id, to_id=to_id, kind="supplies")


def _request(id_: str) -> RequestDraft:
    return RequestDraft(id=id_, run_id="r", agent_id="a", body=RequestBody(kind="question", text=id_))


ANSWER = st.just(QuestionAnswer(text="yes"))
GRAPH_AND_REQUESTS: st.SearchStrategy[Command] = st.one_of(
    _command(CreateEntity, "create_entity", entity=st.builds(_entity, SECTION_IDS, FEW)),
    _command(UpdateEntity, "update_entity", entity_id=SECTION_IDS, entity=st.builds(_entity, st.none(), FEW)),
    _command(RemoveEntity, "remove_entity", entity_id=SECTION_IDS),
    _command(
        CreateRelationship,
        "create_relationship",
        relationship=st.builds(_edge, SLIDE_IDS, SECTION_IDS, SECTION_IDS),
    ),
    _command(RemoveRelationship, "remove_relationship", relationship_id=SLIDE_IDS),
    _command(CommitDecision, "commit_decision", decision=FEW.map(lambda text: DecisionBody(text=text, reason="r"))),
    _command(OpenRequest, "open_request", request=SLIDE_IDS.map(_request)),
    _command(AnswerQuestion, "answer_question", request_id=SLIDE_IDS, answer=ANSWER),
    _command(CloseRequest, "close_request", request_id=SLIDE_IDS, how=st.sampled_from(["superseded", "cancelled"])),
    _command(AcceptFinding, "accept_finding", finding_id=SLIDE_IDS, reason=st.just("it is so")),
    _command(WithdrawAcceptance, "withdraw_acceptance", finding_id=SLIDE_IDS),
)

COMMANDS: st.SearchStrategy[Command] = st.one_of(
    _command(Navigate, "navigate", target_stage=st.sampled_from(list(Stage)), reason=st.none()),
    _command(SaveBuyerPersona, "save_buyer_persona", persona=FEW.map(lambda kind: BuyerPersona(type=kind))),
    _command(SaveHeroContext, "save_hero_context", hero=FEW.map(_hero)),
    _command(SaveOutline, "save_outline", sections=st.dictionaries(SECTION_IDS, FEW, min_size=1).map(_sections)),
    _command(SaveSlide, "save_slide", slide=st.builds(_slide, SLIDE_IDS, SECTION_IDS, FEW)),
    _command(ApproveSlide, "approve_slide", slide_id=SLIDE_IDS),
    _command(GoToSlide, "go_to_slide", slide_id=SLIDE_IDS),
    _command(RemoveSlide, "remove_slide", slide_id=SLIDE_IDS),
    _command(ConfirmArtifact, "confirm_artifact", artifact=ARTIFACTS),
    _command(GatherContext, "gather_context", facts=FEW.map(_facts)),
    _command(Rename, "rename", title=FEW),
    _command(Complete, "complete"),
    _command(Reopen, "reopen"),
    GRAPH_AND_REQUESTS,
)

SEQUENCES = st.lists(COMMANDS, max_size=40)


def play(commands: list[Command], check: Callable[[Book, Command, CIMContent], None] | None = None) -> Book:
    book = Book()
    for unnumbered in commands:
        command = unnumbered.model_copy(update={"command_id": book.command_id()})
        before = book.session
        try:
            book.send(command, AGENT if isinstance(command, OpenRequest) else LEA)
        except Refusal:
            assert book.session == before
        else:
            if check is not None and before.state is not None:
                check(book, command, before.state.content)
    return book


@given(st.lists(GRAPH_AND_REQUESTS, max_size=40))
@settings(deadline=None)
def test_the_graph_hangs_together_and_requests_are_settled_once(commands: list[Command]) -> None:
    book = play(commands)
    content, state = book.content, book.state
    assert all({edge.from_id, edge.to_id} <= set(content.entities) for edge in content.relationships.values())
    names = [entity.name.casefold() for entity in content.entities.values()]
    assert len(names) == len(set(names))
    settled = [event.type for event in book.log if event.type in ("request_answered", "request_closed")]
    asked = [event.type for event in book.log if event.type == "request_opened"]
    assert len(asked) == len(settled) + len(state.open_requests)
    assert not state.open_requests.keys() & {closed.id for closed in state.closed_requests}
    assert content.model_copy(update={"entities": {}, "relationships": {}, "decisions": ()}) == Book().content


@given(SEQUENCES)
@settings(deadline=None)
def test_the_fold_of_the_events_is_the_state(commands: list[Command]) -> None:
    book = play(commands)
    assert fold(book.log) == book.state
    assert [event.seq for event in book.log] == list(range(1, book.state.rev + 1))
    assert resume(book.log).state == book.state


@given(SEQUENCES)
@settings(deadline=None)
def test_events_survive_their_record(commands: list[Command]) -> None:
    for event in play(commands).log:
        record = EventRecord.of(event)
        assert EventRecord.model_validate_json(record.model_dump_json()).event() == event


@given(SEQUENCES)
@settings(deadline=None)
def test_a_repeated_command_changes_nothing(commands: list[Command]) -> None:
    def repeat(book: Book, command: Command, _: CIMContent) -> None:
        after = book.session
        again = book.send(command)
        assert again.repeated
        assert again.events == ()
        assert book.session == after

    play(commands, repeat)


@given(SEQUENCES)
@settings(deadline=None)
def test_a_cascade_never_loses_content(commands: list[Command]) -> None:
    def nothing_lost(book: Book, command: Command, before: CIMContent) -> None:
        removed = {command.slide_id} if isinstance(command, RemoveSlide) else set[str]()
        saved = {command.slide.id} if isinstance(command, SaveSlide) else set[str]()
        for id_, slide in before.slides.items():
            if id_ in removed:
                continue
            now = book.content.slides[id_]
            if id_ not in saved:
                assert (now.content_hash, now.section_id, now.approved) in (
                    (slide.content_hash, slide.section_id, slide.approved),
                    (slide.content_hash, slide.section_id, True),
                )
        kept: tuple[ArtifactName, ...] = ("buyer_persona", "hero_context", "outline")
        for name in kept:
            if before.artifact(name) is not None:
                assert book.content.artifact(name) is not None

    play(commands, nothing_lost)


@given(SEQUENCES, st.data())
@settings(deadline=None)
def test_restore_gives_the_state_at_that_seq(commands: list[Command], data: st.DataObject) -> None:
    book = play(commands)
    if book.content.status.value == "complete":
        book.send(Reopen(type="reopen", command_id=book.command_id()))
    to_seq = data.draw(st.integers(1, book.state.rev))
    then = fold(book.log[:to_seq])
    assert then is not None
    book.send(Restore(type="restore", command_id=book.command_id(), to_seq=to_seq, content=then.content))
    assert book.content == then.content
    assert fold(book.log) == book.state


@given(SEQUENCES, st.sampled_from(["buyer_persona", "hero_context", "outline"]), FEW)
@settings(deadline=None)
def test_saving_the_upstream_back_freshens_what_rested_on_it(
    commands: list[Command], upstream: ArtifactName, other: str
) -> None:
    book = play(commands)
    if book.content.status.value == "complete":
        book.send(Reopen(type="reopen", command_id=book.command_id()))
    original = book.content.artifact(upstream)
    if original is None:
        return
    before = book.content

    def save(value: object) -> None:
        match value:
            case BuyerPersona():
                book.send(SaveBuyerPersona(type="save_buyer_persona", command_id=book.command_id(), persona=value))
            case HeroContext():
                book.send(SaveHeroContext(type="save_hero_context", command_id=book.command_id(), hero=value))
            case _:
                assert before.outline is not None
                sections = tuple(
                    SectionDraft(id=s.id, title=s.title, description=s.description)
                    for s in before.outline.value.sections
                )
                book.send(SaveOutline(type="save_outline", command_id=book.command_id(), sections=sections))

    if upstream == "buyer_persona":
        save(BuyerPersona(type=f"quite {other}"))
    elif upstream == "hero_context":
        save(_hero(f"quite {other}"))
    else:
        changed = _sections({"a": f"quite {other}"})
        book.send(SaveOutline(type="save_outline", command_id=book.command_id(), sections=changed))
    save(original.value)

    for id_, slide in before.slides.items():
        if slide.stale_reason is None:
            assert book.content.slides[id_].stale_reason is None
            assert book.content.slides[id_].status is slide.status


@given(SEQUENCES)
@settings(deadline=None)
def test_no_slide_is_marked_twice_for_the_same_reason(commands: list[Command]) -> None:
    book = play(commands)
    state = None
    for event in book.log:
        if isinstance(event, SlidesMarkedStale):
            assert state is not None
            marked = [state.content.slides[id_] for id_ in event.slide_ids]
            assert all(slide.stale_reason is not event.stale_reason for slide in marked)
        state = evolve(state, event)


@given(COMMANDS)
@settings(deadline=None)
def test_detached_commands_decide_the_same(unnumbered: Command) -> None:
    def outcome(command: Command) -> list[Event]:
        book = Book()
        book.save_outline(a="red", b="green", c="blue")
        try:
            return list(book.send(command).events)
        except Refusal:
            return []

    command = unnumbered.model_copy(update={"command_id": UUID(int=10_000)})
    detached, _ = detach_bulk(command)
    assert outcome(command) == outcome(detached)
