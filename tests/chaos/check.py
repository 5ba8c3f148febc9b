"""All checks of one history."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from domain.values import Value
from tests.chaos.checks.books import check_books
from tests.chaos.checks.commands import check_commands, counted
from tests.chaos.checks.deletions import check_deletions
from tests.chaos.checks.evidence import Evidence, Violation
from tests.chaos.checks.rules import Rule
from tests.chaos.checks.streams import check_streams
from tests.chaos.checks.talks import check_talks


class Verdict(Value):
    """What the checker found, and how much it looked at. `rules`: that it went by; not in reports of before."""

    violations: tuple[Violation, ...]
    counts: dict[str, int]
    rules: tuple[str, ...] | None = None


def judged(evidence: Evidence) -> Verdict:
    violations = (
        *check_books(evidence),
        *check_commands(evidence),
        *check_streams(evidence),
        *check_talks(evidence),
        *check_deletions(evidence),
    )
    return Verdict(violations=violations, counts=counted(evidence), rules=get_args(Rule))


def judged_folder(folder: Path) -> Verdict:
    """Of a history that was kept."""
    return judged(Evidence.kept_in(folder))
