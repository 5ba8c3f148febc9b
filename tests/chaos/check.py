"""All checks of one history."""

from __future__ import annotations

from pathlib import Path

from domain.values import Value
from tests.chaos.checks.books import check_books
from tests.chaos.checks.commands import check_commands, counted
from tests.chaos.checks.evidence import Evidence, Violation
from tests.chaos.checks.streams import check_streams
from tests.chaos.checks.talks import check_talks


class Verdict(Value):
    """What the checker found, and how much it looked at."""

    violations: tuple[Violation, ...]
    counts: dict[str, int]


def judged(evidence: Evidence) -> Verdict:
    violations = (
        *check_books(evidence),
        *check_commands(evidence),
        *check_streams(evidence),
        *check_talks(evidence),
    )
    return Verdict(violations=violations, counts=counted(evidence))


def judged_folder(folder: Path) -> Verdict:
    """Of a history that was kept."""
    return judged(Evidence.kept_in(folder))
