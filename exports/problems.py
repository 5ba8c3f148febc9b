"""What an export says about the book before it makes anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from domain.values import Value

ProblemCode = Literal[
    "no_slides",
    "unknown_source",
    "missing_image",
    "unreadable_image",
    "empty_chart",
    "unsuited_chart",
    "crowded_chart",
    "wide_table",
    "shortened_text",
    "continued_slide",
    "stale_slide",
    "empty_slide",
    "empty_section",
    "uncited_slide",
    "unprintable_text",
]


class ExportProblem(Value):
    """An error refuses the export, a warning travels with it. `message` is a sentence for people."""

    severity: Literal["error", "warning"]
    code: ProblemCode
    message: str
    slide_id: str | None = None
    section_id: str | None = None


class ExportRefused(Exception):
    """The book has errors. Nothing was made."""

    def __init__(self, problems: Sequence[ExportProblem]) -> None:
        self.problems = tuple(problems)
        errors = [problem.message for problem in problems if problem.severity == "error"]
        super().__init__(" ".join(errors))
