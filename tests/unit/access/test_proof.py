"""Who sends a command is proved also where clocks are set while it is on its way."""

from __future__ import annotations

import time

import pytest

from access import Assertions
from domain.values import Actor

LEA = Actor(kind="user", id="lea")
MINUTE, DAY = 60.0, 86_400.0


class Clock:
    def __init__(self) -> None:
        self.shift = 0.0

    def __call__(self) -> float:
        return time.time() + self.shift


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def proofs(clock: Clock) -> Assertions:
    return Assertions({"one": b"k" * 32}, clock)


@pytest.mark.parametrize("minutes", [-40.0, 40.0])
def test_a_call_outlives_a_clock_that_is_set(proofs: Assertions, clock: Clock, minutes: float) -> None:
    proof = proofs.of_call(LEA, "cim1", "hash of the call")
    clock.shift = minutes * MINUTE
    assert proofs.called(proof, LEA, "cim1", "hash of the call", int(DAY))
    assert not proofs.called(proof, LEA, "cim1", "hash of another call", int(DAY))


@pytest.mark.parametrize("minutes", [-40.0, 40.0])
def test_a_command_that_waits_outlives_it_too(proofs: Assertions, clock: Clock, minutes: float) -> None:
    proof = proofs.of_command(LEA, "cim1", "hash of the command")
    clock.shift = minutes * MINUTE
    assert proofs.sender(proof, LEA, "cim1", "hash of the command") is not None
    assert proofs.sender(proof, LEA, "cim1", "hash of another command") is None


@pytest.mark.parametrize("minutes", [-40.0, 40.0])
def test_what_is_good_for_any_command_does_not(proofs: Assertions, clock: Clock, minutes: float) -> None:
    proof = proofs.of_person(LEA, "cim1")
    clock.shift = minutes * MINUTE
    assert proofs.sender(proof, LEA, "cim1", "any") is None


def test_a_bound_proof_ends_after_thirty_days(proofs: Assertions, clock: Clock) -> None:
    proof = proofs.of_call(LEA, "cim1", "hash of the call")
    clock.shift = 31 * DAY
    assert not proofs.called(proof, LEA, "cim1", "hash of the call", int(60 * DAY))
