"""Where entries of the audit log are handed over."""

from __future__ import annotations

from typing import Protocol

from audit.entry import AuditEntry


class Trail(Protocol):
    def record(self, entry: AuditEntry) -> None:
        """Take an entry, for good. Never waits for a store and never raises."""
        ...
