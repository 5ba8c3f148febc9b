"""Why a draft run ends without a draft, in sentences for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from temporalio.exceptions import ApplicationError

LOOK_AGAIN = timedelta(seconds=1)

RUN_FAILED = "RunFailed"
DOCUMENTS_UNREAD = "DocumentsUnread"
MODEL_REFUSED = "ModelRefused"
MODEL_UNAVAILABLE = "ModelUnavailable"


class ModelNotConfigured(Exception):
    """The chosen chat model cannot be made: its package, its key or its name is missing or wrong."""


def waits_for_documents(names: Sequence[str]) -> ApplicationError:
    """An error that passes by itself: the documents are on their way."""
    sentence = f"Waits until {', '.join(names)} can be read."
    return ApplicationError(sentence, type=DOCUMENTS_UNREAD, next_retry_delay=LOOK_AGAIN)


def run_failed(sentence: str, kind: str = RUN_FAILED) -> ApplicationError:
    """An error that no retry can mend; `sentence` is shown to people."""
    return ApplicationError(sentence, type=kind, non_retryable=True)
