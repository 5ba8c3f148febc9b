"""The bounds of a trial: one book, and some messages a day."""

from __future__ import annotations

from access import DealStanding, Person
from api.dependencies import OpenCIM
from api.parts import Parts
from api.problems import ApiProblem

TRIAL_DAYS = 14
MESSAGES_A_DAY = 30
ONE_BOOK = "the-book-of-the-trial"
"""Idempotency key of the one book, so that two requests at once make one."""

_NEXT = "Make an account: POST /auth/trial/upgrade keeps all your work."


async def may_begin_book(parts: Parts, standing: DealStanding) -> None:
    """Raises `deal_archived`, and `trial_limit` where the trial has its book."""
    if standing.archived:
        raise ApiProblem("deal_archived", "This deal is archived.", "Take it out of the archive first.")
    if standing.on_trial and (await parts.store.heads({standing.deal_id}, limit=1)).items:
        raise ApiProblem("trial_limit", "A trial has one book.", _NEXT)


async def take_message(parts: Parts, opened: OpenCIM) -> None:
    """Raises `trial_limit` where the messages of today are used up; everybody else passes."""
    if not await _is_on_trial(parts, opened.person, opened.address.deal_id):
        return
    if not await parts.directory.trials.use_message(opened.person.person_id):
        raise ApiProblem("trial_limit", "The messages of today are used up.", f"Go on tomorrow. {_NEXT}")


async def _is_on_trial(parts: Parts, person: Person, deal_id: str) -> bool:
    standing = await parts.grants.standing(person.person_id, deal_id)
    return standing is not None and standing.on_trial
