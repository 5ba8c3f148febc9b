"""What is done now and then without anybody asking: names, times, and what a chore says when it is done."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from domain.values import Value

HOUSEKEEPING_WORKFLOW = "HousekeepingWorkflow"


class Chore(StrEnum):
    """Each may be done again at any time: what is done already is found done."""

    OLD_TALK = "old-talk"
    USAGE_HOURS = "usage-hours"
    STALE_PRESENCE = "stale-presence"
    SEARCH_INDEX = "search-index"
    BOOK_CHECKS = "book-checks"
    REMINDERS = "reminders"
    UNUSED_FILES = "unused-files"
    AUDIT_RETENTION = "audit-retention"
    BOOK_RETENTION = "book-retention"
    LOST_WORK = "lost-work"


class Timing(Value):
    """When a chore is due, as a cron line (UTC), and what it does, in words for the Temporal UI.

    `every` is the same as a part of a day, for days that are shorter than others. `at_once`: it is also done when its
    schedule is made, which is when a Temporal server is new.
    """

    cron: str
    every: float = 1 / 24
    at_once: bool = False
    note: str


TIMINGS = {
    Chore.OLD_TALK: Timing(
        cron="0 3 * * *",
        every=1,
        note="Takes away pieces of answers and other entries of the talk that are older than 7 days.",
    ),
    Chore.USAGE_HOURS: Timing(cron="5 * * * *", note="Sums up the calls of models of the last hours."),
    Chore.STALE_PRESENCE: Timing(
        cron="*/5 * * * *",
        every=1 / 288,
        note="Forgets pages that have been silent for 2 minutes, and tells the others.",
    ),
    Chore.SEARCH_INDEX: Timing(
        cron="20 * * * *", note="Brings the vectors of open books up to date with documents and conversations."
    ),
    Chore.BOOK_CHECKS: Timing(
        cron="40 * * * *", note="Holds open books that have changed against their logs and their documents."
    ),
    Chore.REMINDERS: Timing(
        cron="50 * * * *", note="Reminds people of questions and confirmations that have waited for a day."
    ),
    Chore.UNUSED_FILES: Timing(
        cron="30 3 * * *",
        every=1,
        note="Takes away files that nothing has named for 7 days, such as broken-off uploads.",
    ),
    Chore.AUDIT_RETENTION: Timing(
        cron="15 4 * * *", every=1, note="Cuts audit entries that are older than the rule of their organisation."
    ),
    Chore.BOOK_RETENTION: Timing(
        cron="45 4 * * *",
        every=1,
        note="Announces and deletes books that are older than the rule of their organisation.",
    ),
    Chore.LOST_WORK: Timing(
        cron="10 * * * *",
        at_once=True,
        note="Says of runs, documents and exports whose workflow is gone that they are lost.",
    ),
}

DAY = timedelta(days=1)
TALK_KEPT = timedelta(days=7)
FILES_KEPT_DAYS = 7
USAGE_LOOKED_BACK = timedelta(hours=3)
REMINDED_AFTER_DAYS = (1, 3, 7)
"""How long a request waits before its first reminders, from its opening."""
REMINDED_EVERY_DAYS = 7
"""After those."""
PRESENCE_KEPT = timedelta(minutes=2)


def reminders_due(waited: timedelta, day: timedelta = DAY) -> int:
    """How many reminders a request has earned that waits for so long."""
    last = REMINDED_AFTER_DAYS[-1] * day
    if waited < last:
        return sum(waited >= days * day for days in REMINDED_AFTER_DAYS)
    return len(REMINDED_AFTER_DAYS) + (waited - last) // (REMINDED_EVERY_DAYS * day)


class ChoreDone(Value):
    """How much was looked at or changed, by what it is."""

    chore: Chore
    changed: int


def schedule_id(task_queue: str, chore: Chore) -> str:
    """The workflows of the chore have ids that begin with it."""
    return f"housekeeping/{task_queue}/{chore}"
