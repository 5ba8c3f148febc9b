"""Changes of running workflows that recorded histories do not know of, each with why, and when it may go."""

from __future__ import annotations

PROOFS_REQUIRED = "proofs-required"
"""A CIM takes commands with a proof of their sender only. A patch and no field of its input, since whoever can start a
workflow could leave a field out. May go when no book that was opened before 2026-11-21 is left on its first run."""
LISTS_STOP = "lists-stop"
"""What a submission holds of one actor is never done in another order, however often it is sent: where rights could not
be checked the rest is not tried either, and what changed nothing is refused when what followed it was done. May go when
no book that was opened before 2026-11-22 is left on its first run."""
CALLS_PROVED = "calls-proved"
"""Runs, agents, threads, documents and exports begin when it is proved who asked for them; an agent takes an answer
from the log and not from the signal. May go when no run that began before 2026-11-21 is left."""
LOG_READ_AGAIN = "log-read-again"
"""A CIM that finds something else in its log than it decided reads it again and goes on, with what had been signalled;
before, it failed. May go when no book is left on a run that began before 2026-11-22."""
STOP_COUNTS = "stop-counts"
"""An agent that is stopped while a step is nearly done takes no further one; before, it went on to its end. Asked for
only then. May go when no run that began before 2026-11-23 is left."""
