"""Why a draft run ends without a draft, in sentences for people."""

from __future__ import annotations

from temporalio.exceptions import ApplicationError

RUN_FAILED = "RunFailed"
MODEL_REFUSED = "ModelRefused"
MODEL_UNAVAILABLE = "ModelUnavailable"


class ModelNotConfigured(Exception):
    """The chosen chat model cannot be made: its package, its key or its name is missing or wrong."""


def run_failed(sentence: str, kind: str = RUN_FAILED) -> ApplicationError:
    """An error that no retry can mend; `sentence` is shown to people."""
    return ApplicationError(sentence, type=kind, non_retryable=True)
