"""What travels between the nodes of the graphs of a compose run: references and small values, never texts."""

from __future__ import annotations

from typing import TypedDict

from pydantic import JsonValue

from agents.compose.briefs import Reason
from agents.state import DraftState, RunScope, Step
from domain.model import SlideDraft
from domain.requests import RequestAnswer
from domain.values import Value


class PlanState(TypedDict, total=False):
    """`reason_hashes` are what people said against earlier plans; `fault_hash` is why a changed plan cannot be used;
    `to_write` and `to_code` count slides for each of `section_ids`."""

    scope: dict[str, str]
    instruction_hash: str
    section_ids: list[str]
    asks_people: bool
    materials_hash: str
    plan_hash: str
    plans: int
    asked: int
    waiting: list[str]
    answers: list[dict[str, JsonValue]]
    reason_hashes: list[str]
    fault_hash: str
    is_settled: bool
    section_titles: list[str]
    to_write: list[int]
    to_code: list[int]


class PlanStep(Value):
    """The state as a node reads it."""

    scope: RunScope
    instruction_hash: str = ""
    section_ids: tuple[str, ...] = ()
    asks_people: bool = True
    materials_hash: str = ""
    plan_hash: str = ""
    plans: int = 0
    asked: int = 0
    waiting: tuple[str, ...] = ()
    answers: tuple[RequestAnswer, ...] = ()
    reason_hashes: tuple[str, ...] = ()
    fault_hash: str = ""
    is_settled: bool = False
    section_titles: tuple[str, ...] = ()
    to_write: tuple[int, ...] = ()
    to_code: tuple[int, ...] = ()


class WriteState(DraftState, total=False):
    """State of a writer: a draft of one section, with its plan and, when it was sent back, the verdict."""

    plan_hash: str
    round: int
    verdict_hash: str
    earlier_hashes: list[str]
    earlier_draft_hash: str


class WriteStep(Step):
    """The state as a node reads it. `earlier_hashes` are reports of the round before."""

    plan_hash: str = ""
    round: int = 0
    verdict_hash: str = ""
    earlier_hashes: tuple[str, ...] = ()
    earlier_draft_hash: str = ""


class ReviewState(TypedDict, total=False):
    """`draft_hash` and `written_hashes` are what the writer drafted and reported."""

    scope: dict[str, str]
    materials_hash: str
    plan_hash: str
    section_ids: list[str]
    round: int
    draft_hash: str
    written_hashes: list[str]
    earlier_verdict_hash: str
    found_hash: str
    verdict_hash: str
    is_accepted: bool
    reasons: int
    report_hashes: list[str]


class ReviewStep(Value):
    """The state as a node reads it."""

    scope: RunScope
    materials_hash: str
    plan_hash: str
    section_ids: tuple[str, ...]
    round: int = 0
    draft_hash: str
    written_hashes: tuple[str, ...] = ()
    earlier_verdict_hash: str = ""
    found_hash: str = ""
    verdict_hash: str = ""
    is_accepted: bool = False
    reasons: int = 0
    report_hashes: tuple[str, ...] = ()

    @property
    def section_id(self) -> str:
        return self.section_ids[0]


class CodeState(TypedDict, total=False):
    """`spec_hash` is what the model specified last, `built_hash` what could be built of it."""

    scope: dict[str, str]
    materials_hash: str
    plan_hash: str
    section_ids: list[str]
    round: int
    spec_hash: str
    built_hash: str
    attempt: int
    faults: int
    checked_hash: str
    report_hashes: list[str]
    index: int
    saved: int


class CodeStep(Value):
    """The state as a node reads it."""

    scope: RunScope
    materials_hash: str
    plan_hash: str
    section_ids: tuple[str, ...]
    round: int = 0
    spec_hash: str = ""
    built_hash: str = ""
    attempt: int = 0
    faults: int = 0
    checked_hash: str = ""
    report_hashes: tuple[str, ...] = ()
    index: int = 0
    saved: int = 0

    @property
    def section_id(self) -> str:
        return self.section_ids[0]


class Verdict(Value):
    """What a review came to. Reasons with `is_accepted` are remarks; `left_out` are topics of planned slides that this
    review or an earlier one found to be told elsewhere."""

    is_accepted: bool
    reasons: tuple[Reason, ...] = ()
    left_out: tuple[str, ...] = ()


class BuiltSlide(Value):
    topic: str
    slide: SlideDraft


class Built(Value):
    """Slides that a coder's specifications gave, and what is wrong with the others."""

    slides: tuple[BuiltSlide, ...] = ()
    errors: tuple[str, ...] = ()
