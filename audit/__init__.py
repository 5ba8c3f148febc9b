"""The audit log: who did what, when, from where, to what, with what result; hash-chained for each organisation."""

from audit.entry import NO_ORGANIZATION, AuditActor, AuditEntry, Result, Target
from audit.trail import Trail

__all__ = ["NO_ORGANIZATION", "AuditActor", "AuditEntry", "Result", "Target", "Trail"]
