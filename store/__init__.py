"""MongoDB: the only place that imports the driver. Event log, read side, contents, feed."""

from store.books import slide_of
from store.errors import (
    CIMErased,
    FatalStoreError,
    LogConflict,
    LogGap,
    StoreError,
    StoreUnavailable,
)
from store.feed import Feed, Subscription
from store.models import (
    BadCursor,
    Export,
    Message,
    Page,
    Run,
    RunProgress,
    Slide,
    Source,
    SourcePassage,
)
from store.notices import EventsRecorded, Notice
from store.store import Store

__all__ = [
    "BadCursor",
    "CIMErased",
    "EventsRecorded",
    "Export",
    "FatalStoreError",
    "Feed",
    "LogConflict",
    "LogGap",
    "Message",
    "Notice",
    "Page",
    "Run",
    "RunProgress",
    "Slide",
    "Source",
    "SourcePassage",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "Subscription",
    "slide_of",
]
