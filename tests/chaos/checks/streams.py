"""Streams: a listener heard every event and every entry of the talk, once, in order, over all its connections."""

from __future__ import annotations

from collections.abc import Iterator

from tests.chaos.checks.evidence import Evidence, Violation
from tests.chaos.checks.rules import Rule
from tests.chaos.history import Heard


def check_streams(evidence: Evidence) -> Iterator[Violation]:
    for listener, heard in evidence.heard.items():
        if not evidence.is_gone(heard[0].cim_id):
            yield from _check_listener(evidence, listener, heard)


def _check_listener(evidence: Evidence, listener: str, heard: list[Heard]) -> Iterator[Violation]:
    cim_id = heard[0].cim_id
    log, book = evidence.logs[cim_id], evidence.books[cim_id]
    seq = talk = 0
    for one in heard:
        if (one.seq, one.talk) not in ((seq + 1, talk), (seq, talk + 1)):
            yield _violation(
                cim_id,
                "a stream skipped or repeated",
                listener,
                one,
                f"one step on from {seq}.{talk}",
                f"{one.seq}.{one.talk}",
            )
        elif one.seq > seq and (one.seq > len(log) or log[one.seq - 1].digest != one.digest):
            there = log[one.seq - 1].type if one.seq <= len(log) else "nothing"
            yield _violation(cim_id, "a stream told something else", listener, one, f"{there} as in the log", one.type)
        seq, talk = one.seq, one.talk
    if (seq, talk) != (len(log), book.talk):
        yield Violation(
            rule="a stream stopped short",
            cim_id=cim_id,
            what=f"listener {listener}",
            expected=f"up to {len(log)}.{book.talk}",
            found=f"up to {seq}.{talk}",
        )


def _violation(cim_id: str, rule: Rule, listener: str, heard: Heard, expected: str, found: str) -> Violation:
    what = f"listener {listener} at {heard.at:.2f} s ({heard.type})"
    return Violation(rule=rule, cim_id=cim_id, what=what, expected=expected, found=found)
