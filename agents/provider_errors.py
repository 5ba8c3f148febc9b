"""Errors of providers' clients, told apart: what no retry can mend, and what passes by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import cast

from langchain_core.exceptions import (
    ContextOverflowError,
    ModelAuthenticationError,
    ModelInvalidRequestError,
    ModelNotFoundError,
    ModelPermissionDeniedError,
    ModelRateLimitError,
)
from temporalio.exceptions import ApplicationError

from agents.failures import MODEL_REFUSED, model_unavailable, run_failed

LONGEST_RETRY_AFTER = timedelta(hours=1)
OUR_OWN_FAULTS = (AttributeError, LookupError, AssertionError, NameError, RecursionError)

_KEY_REFUSED = frozenset({401, 403})
_TOO_MANY = 429
_PASSING = frozenset({408, 409, 425})
_NO_CREDIT = frozenset({"insufficient_quota", "billing_error"})
_BAD_BY_TYPE = frozenset({"invalid_request_error", "request_too_large"})
_KEY_BY_TYPE = frozenset({"authentication_error", "permission_error"})


def told_apart(error: Exception) -> ApplicationError:
    """The error as Temporal takes it: without retry where the provider refuses for good. Raises faults of our own."""
    if isinstance(error, ApplicationError):
        return error
    if isinstance(error, OUR_OWN_FAULTS):
        raise error
    status, kind, detail = _status(error), _kind(error), _said(error)
    if kind in _NO_CREDIT:
        return _refused(f"The account at the model's provider has no credit left: {detail}", "Top it up")
    if isinstance(error, ModelRateLimitError) or status == _TOO_MANY:
        return model_unavailable(f"The model's provider has too many requests just now: {detail}", retry_after(error))
    if _is_key_refused(error, status, kind):
        return _refused(
            f"The model's provider refused the key: {detail}",
            "Check the key in the environment of the worker and the account behind it",
        )
    if isinstance(error, ModelNotFoundError) or status == 404:
        return _refused(f"The provider does not know the model: {detail}", "Check its name in the settings")
    if isinstance(error, ContextOverflowError) or status == 413:
        return _refused(
            f"This is more than the model can read at once: {detail}",
            "Ask for less at a time, or choose a model with a larger context",
        )
    if isinstance(error, ModelInvalidRequestError) or _is_bad_request(status, kind):
        return _refused(
            f"The model's provider refused the request: {detail}", "Check the model's name and its settings"
        )
    if isinstance(error, TypeError):
        raise error
    return model_unavailable(f"The model did not answer: {detail}", retry_after(error))


def retry_after(error: Exception, now: datetime | None = None) -> timedelta | None:
    """How long the provider asks to wait; None when it says nothing that can be understood."""
    headers = _headers(error)
    milliseconds, plain = headers.get("retry-after-ms"), headers.get("retry-after")
    try:
        if milliseconds is not None:
            wait = timedelta(milliseconds=float(milliseconds))
        elif plain is not None:
            wait = _seconds_or_date(plain, now or datetime.now(UTC))
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return min(wait, LONGEST_RETRY_AFTER) if wait > timedelta(0) else None


def first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]


def _refused(what: str, to_do: str) -> ApplicationError:
    return run_failed(f"{what.rstrip('. ')}. {to_do}.", MODEL_REFUSED)


def _is_key_refused(error: Exception, status: int | None, kind: str) -> bool:
    if isinstance(error, ModelAuthenticationError | ModelPermissionDeniedError):
        return True
    if isinstance(error, TypeError):
        return "authentication" in str(error)
    return status in _KEY_REFUSED or kind in _KEY_BY_TYPE


def _is_bad_request(status: int | None, kind: str) -> bool:
    return kind in _BAD_BY_TYPE if status is None else status < 500 and status not in _PASSING


def _status(error: Exception) -> int | None:
    """The HTTP status, where the client tells one. An error that comes in the midst of a stream has 200 or -1."""
    status: object = getattr(error, "status_code", None)
    return status if isinstance(status, int) and status >= 400 else None


def _kind(error: Exception) -> str:
    """The provider's own word for what went wrong."""
    fields = _body(error)
    code, kind = fields.get("code"), fields.get("type")
    return code if isinstance(code, str) and code in _NO_CREDIT else kind if isinstance(kind, str) else ""


def _said(error: Exception) -> str:
    """The provider's own sentence, or the client's."""
    message = _body(error).get("message")
    return message.strip()[:300] if isinstance(message, str) and message.strip() else first_line(error)


def _body(error: Exception) -> Mapping[str, object]:
    """What the provider says of the error; some put it into a field of its own."""
    body: object = getattr(error, "body", None)
    if not isinstance(body, Mapping):
        return {}
    fields = cast("Mapping[str, object]", body)
    inner = fields.get("error")
    return cast("Mapping[str, object]", inner) if isinstance(inner, Mapping) else fields


def _headers(error: Exception) -> Mapping[str, str]:
    """Of the answer that the error, or the one that it was made from, came with."""
    at: BaseException | None = error
    for _ in range(4):
        if at is None:
            break
        headers: object = getattr(getattr(at, "response", None), "headers", None)
        if isinstance(headers, Mapping):
            return cast("Mapping[str, str]", headers)
        at = at.__cause__ or at.__context__
    return {}


def _seconds_or_date(text: str, now: datetime) -> timedelta:
    try:
        return timedelta(seconds=float(text))
    except ValueError:
        at = parsedate_to_datetime(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
