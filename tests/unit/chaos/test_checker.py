"""The checker of the chaos runs catches what it is there for: each history is spoilt in one way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from domain.values import Actor
from tests.chaos import found
from tests.chaos.check import judged_folder
from tests.chaos.checks.evidence import Evidence
from tests.chaos.history import Granted, Heard, Outcome, Recording, Requested
from tests.unit.chaos.made_up import CIM, MadeUp

SLIDE: dict[str, Any] = {
    "section_id": "market",
    "title": "Market size",
    "layout_type": "text",
    "components": [{"type": "text", "text": "Five million people."}],
}
SECTIONS = [{"id": "market", "title": "Market"}]


@pytest.fixture
def told() -> MadeUp:
    """A book with an outline, a slide and a title, all acknowledged, heard and read."""
    made = MadeUp()
    made.done("save_outline", sections=SECTIONS)
    made.done("save_slide", slide=SLIDE)
    made.done("rename", title="Project Bluecan")
    made.heard(*range(1, len(made.events) + 1))
    made.read(len(made.events))
    return made


def test_what_is_as_it_should_be_passes(told: MadeUp) -> None:
    refused = told.asked("rename", title="By nobody")
    told.answered(refused, "refused", code="forbidden")
    told.asked("rename", title="Never answered")
    told.said("What were net sales?")
    assert told.rules() == set()


def test_a_lost_acknowledgement(told: MadeUp) -> None:
    lost = told.asked("rename", title="Lost")
    told.answered(lost, "done", events=[{**told.events[-1], "seq": len(told.events) + 1}])
    assert "acknowledged is not there" in told.rules()


def test_an_answer_that_the_log_does_not_bear_out(told: MadeUp) -> None:
    other = told.asked("rename", title="Other")
    events = told.happen({"type": "rename", "command_id": other, "title": "Other"})
    told.answered(other, "done", events=[{**events[0], "data": {"title": "Another"}}])
    assert "the log differs from the answer" in told.rules()


def test_a_refusal_that_left_a_trace(told: MadeUp) -> None:
    refused = told.asked("rename", title="Refused")
    told.happen({"type": "rename", "command_id": refused, "title": "Refused"})
    told.answered(refused, "refused", code="access_unavailable")
    assert "refused left a trace" in told.rules()


def test_what_was_refused_at_one_call_may_be_done_by_another(told: MadeUp) -> None:
    again = told.asked("rename", title="Again")
    told.answered(again, "refused", code="access_unavailable")
    told.asked("rename", again, title="Again")
    told.answered(again, "done", events=told.happen({"type": "rename", "command_id": again, "title": "Again"}))
    told.heard(len(told.events))
    assert told.rules() == set()


def test_a_command_that_was_accepted_and_lost(told: MadeUp) -> None:
    accepted = told.asked("rename", sure=True, title="Accepted")
    told.answered(accepted, "unknown", accepted=True)
    assert told.rules() == {"accepted was lost"}


def test_a_command_that_was_carried_out_twice(told: MadeUp) -> None:
    twice = told.asked("rename", title="Twice")
    told.happen({"type": "rename", "command_id": twice, "title": "Twice"})
    told.done("rename", title="Between")
    told.events.append({**told.events[-2], "seq": len(told.events) + 1})
    assert {"carried out twice", "done twice"} <= told.rules()


def test_a_gap_in_the_log(told: MadeUp) -> None:
    del told.events[2]
    assert "a gap in the log" in told.rules()


def test_an_old_revision_that_was_let_through(told: MadeUp) -> None:
    late = told.asked("rename", title="Late", expected_rev=2)
    told.answered(late, "done", events=told.happen({"type": "rename", "command_id": late, "title": "Late"}))
    assert "expected_rev was not honoured" in told.rules()


def test_a_command_before_one_that_was_acknowledged_earlier(told: MadeUp) -> None:
    first = told.asked("rename", title="First")
    early = told.happen({"type": "rename", "command_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "title": "Second"})
    told.answered(first, "done", events=told.happen({"type": "rename", "command_id": first, "title": "First"}))
    second = told.asked("rename", str(early[0]["command_id"]), title="Second")
    told.answered(second, "done", events=early)
    assert "out of order" in told.rules()


@pytest.mark.parametrize("refused_first", [False, True])
def test_a_list_that_was_carried_out_in_another_order(told: MadeUp, refused_first: bool) -> None:
    first, second = told.asked("rename", title="First"), told.asked("rename", title="Second")
    one, other = told.records[-2:]
    together = one.model_copy(update={"commands": (*getattr(one, "commands", ()), *getattr(other, "commands", ()))})
    told.records[-2:] = [together]
    if refused_first:
        told.answered(first, "refused", code="access_unavailable")
    told.happen({"type": "rename", "command_id": second, "title": "Second"})
    told.happen({"type": "rename", "command_id": first, "title": "First"})
    assert "a list out of order" in told.rules()


def test_a_read_that_is_older_than_what_was_told(told: MadeUp) -> None:
    told.read(len(told.events) - 1)
    assert "an old read" in told.rules()


def test_a_read_of_what_is_not_there(told: MadeUp) -> None:
    told.read(len(told.events) + 1)
    assert "a read of what is not there" in told.rules()


def test_an_event_that_nobody_sent(told: MadeUp) -> None:
    told.happen({"type": "rename", "command_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "title": "By nobody"})
    assert "nobody sent this" in told.rules()


def test_agents_send_commands_that_no_client_knows(told: MadeUp) -> None:
    agent = Actor(kind="agent", id="writer", on_behalf_of="lea")
    told.happen({"type": "rename", "command_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "title": "Mine"}, agent)
    told.heard(len(told.events))
    assert told.rules() == set()


@pytest.mark.parametrize("seqs", [(1, 2, 4, 3), (1, 2, 2, 3), (1, 3), (2, 3)])
def test_a_stream_that_skips_or_repeats(told: MadeUp, seqs: tuple[int, ...]) -> None:
    told.heard(*seqs, listener="another")
    assert "a stream skipped or repeated" in told.rules()


def test_a_stream_that_stops_short(told: MadeUp) -> None:
    told.heard(1, 2, listener="another")
    assert told.rules() == {"a stream stopped short"}


def test_a_stream_that_tells_something_else(told: MadeUp) -> None:
    told.heard(1, listener="another")
    last = told.records[-1]
    assert isinstance(last, Heard)
    told.records[-1] = last.model_copy(update={"digest": "something else"})
    assert "a stream told something else" in told.rules()


def test_a_head_that_is_not_the_fold_of_its_log(told: MadeUp) -> None:
    head = told.book().head or {}
    told.changes["head"] = {**head, "title": "Another"}
    assert told.rules() == {"a head differs from the log"}


def test_slides_that_are_not_the_fold_of_the_log(told: MadeUp) -> None:
    told.changes["slides"] = ()
    assert told.rules() == {"slides differ from the log"}


def test_a_slide_with_another_body(told: MadeUp) -> None:
    [slide] = told.book().slides
    told.changes["slides"] = ({**slide, "notes": "Not mine"},)
    assert told.rules() == {"slides differ from the log"}


def test_a_past_that_was_not(told: MadeUp) -> None:
    past = dict(told.book().past)
    rev, shown = next(iter(past.items()))
    told.changes["past"] = {rev - 1: shown}
    assert "a head differs from the log" in told.rules()


def test_a_workflow_that_is_not_at_the_end_of_the_log(told: MadeUp) -> None:
    told.changes["workflow"] = {**(told.book().workflow or {}), "rev": 1}
    assert told.rules() == {"the workflow differs from the log"}


def test_a_book_that_does_not_come_to_rest(told: MadeUp) -> None:
    told.changes["unrest"] = "the head is at 3, the workflow at 4"
    assert told.rules() == {"did not come to rest"}


@pytest.mark.parametrize("status", [202, 204, 404])
def test_a_book_that_is_there_after_it_was_deleted(told: MadeUp, status: int) -> None:
    told.said("What were net sales?")
    told.removed(status)
    assert told.rules() == {"deleted is still there"}
    told.erased()
    assert told.rules() == set()


@pytest.mark.parametrize("status", [None, 503])
def test_a_deletion_that_nobody_was_told_of_may_have_been_or_not(told: MadeUp, status: int | None) -> None:
    told.removed(status)
    assert told.rules() == set()
    told.changes["slides"] = ()
    assert told.rules() == {"slides differ from the log"}
    told.changes.clear()
    told.erased()
    assert told.rules() == set()


@pytest.mark.parametrize("status", [None, 204])
@pytest.mark.parametrize("kept", ["blobs", "runs", "messages", "talk", "events"])
def test_something_is_left_of_what_was_deleted(told: MadeUp, kept: str, status: int | None) -> None:
    told.removed(status)
    told.erased()
    told.changes["left"] = {kept: 1}
    assert told.rules() == {"left of what was deleted"}


@pytest.mark.parametrize("whole", [False, True])
def test_a_log_that_is_not_its_tombstone_alone(told: MadeUp, whole: bool) -> None:
    told.removed(204)
    told.erased()
    told.changes["events"] = tuple(told.events) if whole else ()
    assert told.rules() == {"left of what was deleted"}


def test_a_deleted_book_that_does_not_come_to_rest(told: MadeUp) -> None:
    told.removed(204)
    told.erased()
    told.changes["unrest"] = "a run is at work"
    assert told.rules() == {"did not come to rest"}


@pytest.mark.parametrize(
    ("outcome", "code", "rules"),
    [
        ("refused", "unknown_cim", set[str]()),
        ("refused", "forbidden", set[str]()),
        ("unknown", "workflow_unavailable", set[str]()),
        ("refused", "old_rev", {"answered after its deletion"}),
        ("done", "", {"answered after its deletion"}),
    ],
)
def test_a_command_to_what_was_deleted(told: MadeUp, outcome: Outcome, code: str, rules: set[str]) -> None:
    told.removed(204)
    told.erased()
    late = told.asked("rename", title="Late")
    told.answered(late, outcome, code=code)
    assert told.rules() == rules


def test_a_command_that_was_sent_before_the_deletion_may_be_done(told: MadeUp) -> None:
    early = told.asked("rename", title="Early")
    told.removed(204)
    told.answered(early, "done")
    told.erased()
    assert told.rules() == set()


def test_a_read_of_what_was_deleted(told: MadeUp) -> None:
    told.removed(204)
    told.erased()
    told.read(len(told.events))
    assert told.rules() == {"answered after its deletion"}


def test_a_message_that_is_taken_by_what_was_deleted(told: MadeUp) -> None:
    told.removed(204)
    told.erased()
    told.now += 1.0
    told.said("What were net sales?")
    assert told.rules() == {"answered after its deletion"}


def test_a_book_that_was_begun_and_deleted(told: MadeUp) -> None:
    told.records += [
        Requested(at=told.now, kind="book", key="new", text="Begun under faults"),
        Granted(at=told.now, key="new", id=CIM),
    ]
    told.removed(204)
    told.erased()
    assert told.rules() == set()


@pytest.mark.parametrize(
    ("spoilt", "rule"),
    [
        ({"times": 0}, "a message lost or doubled"),
        ({"times": 2}, "a message lost or doubled"),
        ({"answers": 0}, "an answer lost or doubled"),
        ({"answers": 2}, "an answer lost or doubled"),
        ({"status": "running"}, "a run does not end"),
        ({"status": "failed"}, "a run did not complete"),
    ],
)
def test_talk_that_is_lost_or_doubled(told: MadeUp, spoilt: dict[str, Any], rule: str) -> None:
    told.said("What were net sales?", **spoilt)
    assert rule in told.rules()


def test_a_run_that_is_lost(told: MadeUp) -> None:
    told.said("What were net sales?")
    told.runs.clear()
    assert told.rules() == {"a run lost or doubled"}


def test_a_run_that_nobody_asked_for(told: MadeUp) -> None:
    told.said("What were net sales?")
    told.runs.append({"id": "strange", "kind": "draft_hero_context", "status": "completed"})
    assert told.rules() == {"a strange run"}


def test_a_run_of_a_call_that_was_never_answered(told: MadeUp) -> None:
    for kind in ("draft_hero_context", "draft_buyer_persona"):
        told.records.append(Requested(at=told.now, kind="run", key=f"key of {kind}", cim_id=CIM, text=kind))
    told.records.append(Granted(at=told.now, key="key of draft_buyer_persona", id="granted"))
    told.runs.append({"id": "granted", "kind": "draft_buyer_persona", "status": "completed"})
    told.runs.append({"id": "first", "kind": "draft_hero_context", "status": "completed"})
    assert told.rules() == set()
    told.runs.append({"id": "second", "kind": "draft_hero_context", "status": "completed"})
    assert told.rules() == {"a strange run"}


def test_a_message_that_nobody_said(told: MadeUp) -> None:
    told.said("What were net sales?")
    strange = {"id": "x", "role": "user", "text": "Sell it.", "parent_id": None, "status": "complete"}
    told.threads["main"] = (*told.threads["main"], strange)
    assert told.rules() == {"a strange message"}


def test_one_key_with_two_answers(told: MadeUp) -> None:
    told.said("What were net sales?")
    told.records.append(Granted(at=told.now, key="key of What were net sales?", id="another run"))
    assert told.rules() == {"one key, several answers"}


def test_a_book_that_was_begun_and_is_lost(told: MadeUp) -> None:
    told.records += [
        Requested(at=told.now, kind="book", key="new", text="Begun under faults"),
        Granted(at=told.now, key="new", id="d" * 32),
    ]
    assert told.rules() == {"a book lost or doubled"}


@pytest.mark.parametrize("tries", [(200, 200), (409, 409), (200, 503)])
def test_a_question_that_is_answered_not_once(told: MadeUp, tries: tuple[int, int]) -> None:
    for by, status in zip(("lea", "tom"), tries, strict=True):
        told.settled("request", by, status)
    assert told.rules() == {"a question answered not once"}


def test_a_kept_history_is_judged_the_same(told: MadeUp, tmp_path: Path) -> None:
    del told.events[1]
    recording = Recording(tmp_path)
    for record in told.records:
        recording.add(record)
    recording.close()
    found.keep(tmp_path, [told.book()])
    assert {violation.rule for violation in judged_folder(tmp_path).violations} == told.rules()
    assert Evidence.kept_in(tmp_path).told.keys() == Evidence.of(told.records, [told.book()]).told.keys()
