"""Why a command was not carried out. `code` is stable; `message` is a sentence for people, `next_step` what to do."""

from __future__ import annotations

from typing import Literal

from domain.values import Value

RefusalCode = Literal[
    "old_rev",
    "unknown_cim",
    "already_exists",
    "unknown_section",
    "unknown_slide",
    "unknown_seq",
    "missing_artifact",
    "cim_complete",
    "cim_not_complete",
    "not_ready",
    "order_mismatch",
    "too_many_slides",
    "duplicate_section",
    "nothing_to_restore",
    "duplicate_entity",
    "unknown_entity",
    "unknown_relationship",
    "limit_reached",
    "unknown_request",
    "request_closed",
    "wrong_answer",
    "people_only",
    "agents_only",
    "not_accepted",
    "evidence_unavailable",
    "forbidden",
    "unproven",
    "access_unavailable",
]


class Problem(Value):
    """A refusal as it travels."""

    code: RefusalCode
    message: str
    next_step: str = ""
    rev: int | None = None


class Refusal(Exception):
    """A command that the state does not allow. Nothing was changed."""

    def __init__(self, code: RefusalCode, message: str, next_step: str = "", rev: int | None = None) -> None:
        super().__init__(message)
        self.problem = Problem(code=code, message=message, next_step=next_step, rev=rev)
