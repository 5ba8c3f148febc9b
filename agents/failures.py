"""Why a run ends without a result, in sentences for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from temporalio.exceptions import ApplicationError

LOOK_AGAIN = timedelta(seconds=1)

RUN_FAILED = "RunFailed"
DOCUMENTS_UNREAD = "DocumentsUnread"
MODEL_REFUSED = "ModelRefused"
MODEL_UNAVAILABLE = "ModelUnavailable"
BUDGET_USED_UP = "BudgetUsedUp"


class ModelNotConfigured(Exception):
    """The chosen chat model cannot be made: its package, its key or its name is missing or wrong."""


def waits_for_documents(names: Sequence[str]) -> ApplicationError:
    """An error that passes by itself: the documents are on their way."""
    sentence = f"Waits until {', '.join(names)} can be read."
    return ApplicationError(sentence, type=DOCUMENTS_UNREAD, next_retry_delay=LOOK_AGAIN)


def run_failed(sentence: str, kind: str = RUN_FAILED) -> ApplicationError:
    """An error that no retry can mend; `sentence` is shown to people."""
    return ApplicationError(sentence, type=kind, non_retryable=True)


def model_unavailable(sentence: str, retry_after: timedelta | None = None) -> ApplicationError:
    """An error that may pass by itself. `retry_after` is what the provider asked for."""
    return ApplicationError(sentence, type=MODEL_UNAVAILABLE, next_retry_delay=retry_after)


def model_declined(words: str) -> ApplicationError:
    said = f' It said: "{words.strip()[:300]}"' if words.strip() else ""
    return run_failed(
        f"The model declined to answer.{said} Put it in other words, leave out what it may have minded, or choose "
        "another model.",
        MODEL_REFUSED,
    )


def budget_used_up(whose: str, spent: float, budget: float, estimate: float) -> ApplicationError:
    return run_failed(
        f"{whose} for models is used up for this month: {spent:.2f} of {budget:.2f} USD are spent or reserved, and "
        f"this call may cost up to {estimate:.2f} USD. Wait for next month, ask an administrator for more, or go on "
        "without the model.",
        BUDGET_USED_UP,
    )


def price_unknown(model: str) -> ApplicationError:
    return run_failed(
        f"There is a budget, but nobody has said what the model {model} costs, so it was not called. Add its price to "
        "BOOKRUNNER_PRICES, or choose another model.",
        BUDGET_USED_UP,
    )
