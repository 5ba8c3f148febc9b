"""Commands: acknowledged is there once, refused left nothing, unknown is there once or not; order and revisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from tests.chaos.checks.evidence import Evidence, Told, Violation
from tests.chaos.checks.rules import Rule
from tests.chaos.history import CommandOutcome, SeenEvent

MAIN_EVENTS = {
    "rename": "renamed",
    "save_slide": "slide_saved",
    "save_buyer_persona": "buyer_persona_saved",
    "save_hero_context": "hero_context_saved",
    "save_outline": "outline_saved",
    "commit_decision": "decision_committed",
    "create_entity": "entity_saved",
    "update_entity": "entity_saved",
    "create_relationship": "relationship_saved",
    "gather_context": "context_gathered",
    "remove_slide": "slide_removed",
    "approve_slide": "slide_approved",
    "complete": "completed",
    "reopen": "reopened",
    "restore": "restored",
    "accept_finding": "finding_accepted",
}
"""What a command causes at most once."""
OF_NO_CLIENT = frozenset({"cim_created", "request_answered", "cim_deleted"})
"""Events of commands whose ids the service makes."""


def check_commands(evidence: Evidence) -> Iterator[Violation]:
    for told in evidence.told.values():
        if not evidence.is_gone(told.cim_id):
            yield from _check_told(evidence, told)
    for cim_id, book in evidence.books.items():
        if not evidence.is_gone(cim_id):
            yield from _check_senders(evidence, cim_id)
            yield from _check_together(evidence, cim_id)
            yield from _check_order(evidence, cim_id)
            yield from _check_lists(evidence, cim_id)
            yield from _check_reads(evidence, cim_id, len(book.events))


def _check_told(evidence: Evidence, told: Told) -> Iterator[Violation]:
    there = [SeenEvent.of(event) for event in evidence.caused_by(told)]
    for _, answer in told.answers:
        if answer.outcome == "done":
            yield from _check_done(told, answer, there)
    if told.status == "refused" and there:
        yield _violation("refused left a trace", told, "no event of it", _told_events(there))
    if told.was_accepted and told.command.sure and not there:
        yield _violation("accepted was lost", told, "its event in the log, since nothing could refuse it", "no event")
    expected = told.command.expected_rev
    if expected is not None and there and there[0].seq != expected + 1:
        yield _violation(
            "expected_rev was not honoured", told, f"its first event at {expected + 1}", _told_events(there)
        )
    main = MAIN_EVENTS.get(told.command.type)
    if sum(event.type == main for event in there) > 1:
        yield _violation("done twice", told, f"one {main}", _told_events(there))


def _check_done(told: Told, answer: CommandOutcome, there: list[SeenEvent]) -> Iterator[Violation]:
    if list(answer.events) != there:
        rule = "acknowledged is not there" if not there else "the log differs from the answer"
        yield _violation(rule, told, _told_events(list(answer.events)), _told_events(there))
    elif there and answer.rev != there[-1].seq:
        yield _violation("wrong revision in the answer", told, f"rev {there[-1].seq}", f"rev {answer.rev}")


def _check_senders(evidence: Evidence, cim_id: str) -> Iterator[Violation]:
    for command_id, events in evidence.by_command[cim_id].items():
        told = evidence.told.get(command_id)
        of_person = any(event["actor"]["kind"] == "user" for event in events)
        known = events[0]["type"] in OF_NO_CLIENT or (told is not None and told.cim_id == cim_id)
        if of_person and not known:
            found = f"{events[0]['type']} at {events[0]['seq']}"
            yield Violation(
                rule="nobody sent this", cim_id=cim_id, what=f"command {command_id}", expected="no event", found=found
            )


def _check_together(evidence: Evidence, cim_id: str) -> Iterator[Violation]:
    """Whoever sent it: the events of one command follow each other, and none has its effect twice."""
    for command_id, events in evidence.by_command[cim_id].items():
        seqs = [event["seq"] for event in events]
        if seqs != list(range(seqs[0], seqs[0] + len(seqs))):
            yield Violation(
                rule="carried out twice",
                cim_id=cim_id,
                what=f"command {command_id} ({events[0]['type']})",
                expected="its events in one piece",
                found=f"events at {seqs}",
            )


def _check_order(evidence: Evidence, cim_id: str) -> Iterator[Violation]:
    """What was acknowledged before another command was sent comes before it in the log."""
    found = [
        (events[0]["seq"], told)
        for told in evidence.told.values()
        if told.cim_id == cim_id and (events := evidence.caused_by(told))
    ]
    found.sort(key=lambda pair: pair[0], reverse=True)
    soonest: Told | None = None
    for seq, told in found:
        if soonest is not None and soonest.done_at < told.asked_at:
            yield _violation(
                "out of order",
                told,
                f"after call {soonest.call}, which was acknowledged at {soonest.done_at:.2f} s",
                f"before it, at seq {seq}",
            )
        if soonest is None or told.done_at < soonest.done_at:
            soonest = told


def _check_lists(evidence: Evidence, cim_id: str) -> Iterator[Violation]:
    """Also where a command of it was refused at first, and the list was sent again."""
    for call in evidence.calls:
        if call.cim_id != cim_id or len(call.commands) == 1:
            continue
        sent = [evidence.told[command.command_id] for command in call.commands]
        caused = [evidence.caused_by(told) for told in sent]
        seqs = [events[0]["seq"] for events in caused if events]
        if any(later < earlier for earlier, later in pairwise(seqs)):
            yield Violation(
                rule="a list out of order",
                cim_id=cim_id,
                what=f"call {call.call} at {call.at:.2f} s",
                expected="its commands in the order of the list",
                found=f"seqs {seqs}",
            )


def _check_reads(evidence: Evidence, cim_id: str, last: int) -> Iterator[Violation]:
    """A read shows at least what anybody was told before it began, and nothing that is not in the log."""
    seen: list[tuple[float, int, str]] = [
        (read.at, read.rev, "a read") for read in evidence.reads if read.cim_id == cim_id
    ]
    seen += [
        (at, answer.events[-1].seq, f"call {told.call}")
        for told in evidence.told.values()
        if told.cim_id == cim_id
        for at, answer in told.answers
        if answer.outcome == "done" and answer.events
    ]
    seen += [
        (one.at, one.seq, one.listener) for all_ in evidence.heard.values() for one in all_ if one.cim_id == cim_id
    ]
    seen.sort()
    highest, place = (0.0, 0, "nobody"), 0
    for read in sorted((read for read in evidence.reads if read.cim_id == cim_id), key=lambda read: read.began):
        while place < len(seen) and seen[place][0] < read.began:
            highest = max(highest, seen[place], key=lambda one: one[1])
            place += 1
        if not highest[1] <= read.rev <= last:
            yield Violation(
                rule="an old read" if read.rev < highest[1] else "a read of what is not there",
                cim_id=cim_id,
                what=f"a read by {read.api} from {read.began:.2f} to {read.at:.2f} s",
                expected=f"from {highest[1]}, which {highest[2]} had at {highest[0]:.2f} s, to {last}",
                found=f"revision {read.rev}",
            )


def _violation(rule: Rule, told: Told, expected: str, found: str) -> Violation:
    return Violation(rule=rule, cim_id=told.cim_id, what=str(told), expected=expected, found=found)


def _told_events(events: list[SeenEvent]) -> str:
    return ", ".join(f"{event.type} at {event.seq} [{event.digest}]" for event in events) or "no event"


def counted(evidence: Evidence) -> dict[str, int]:
    """What was checked."""
    counts: dict[str, int] = defaultdict(int)
    for told in evidence.told.values():
        counts[f"commands {told.status}"] += 1
        if told.status == "unknown" and evidence.caused_by(told):
            counts["commands unknown, and there once"] += 1
        if told.was_accepted and told.command.sure:
            counts["commands accepted (202) that nothing refuses"] += 1
    for cim_id in evidence.removed:
        gone_at = evidence.gone_at(cim_id)
        counts["books deleted"] += evidence.is_gone(cim_id)
        counts["calls after a deletion"] += sum(one.cim_id == cim_id and one.at > gone_at for one in evidence.calls)
    counts["reads"] = len(evidence.reads)
    counts["events in logs"] = sum(len(book.events) for book in evidence.books.values())
    counts["events heard by listeners"] = sum(len(heard) for heard in evidence.heard.values())
    return dict(counts)
