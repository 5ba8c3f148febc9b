"""What the doctor says about one thing."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Remark(BaseModel):
    """`fails`: something does not work. `warns`: it works, but will not do for people's books."""

    model_config = ConfigDict(frozen=True)

    part: str
    state: Literal["ok", "warns", "fails"]
    says: str
    next_step: str = ""


def ok(part: str, says: str) -> Remark:
    return Remark(part=part, state="ok", says=says)


def warns(part: str, says: str, next_step: str) -> Remark:
    return Remark(part=part, state="warns", says=says, next_step=next_step)


def fails(part: str, says: str, next_step: str) -> Remark:
    return Remark(part=part, state="fails", says=says, next_step=next_step)
