"""Supabase: who a token belongs to, and what that person may do with a deal."""

from access.audit_log import AuditFilter, AuditLog
from access.deals import DealAccess, DealStanding, VisibleDeal
from access.directory import Directory
from access.grants import GrantCache
from access.keys import PublicKeys
from access.person import AccessUnavailable, Person, TokenRefused
from access.proof import Assertion, Assertions
from access.tokens import TokenVerifier

__all__ = [
    "AccessUnavailable",
    "Assertion",
    "Assertions",
    "AuditFilter",
    "AuditLog",
    "DealAccess",
    "DealStanding",
    "Directory",
    "GrantCache",
    "Person",
    "PublicKeys",
    "TokenRefused",
    "TokenVerifier",
    "VisibleDeal",
]
