"""One question to a chat model, with its answer as a drafted model, and its errors told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from langchain_core.exceptions import OutputParserException
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from pydantic import BaseModel, ValidationError
from temporalio.exceptions import ApplicationError

from agents.brief import Brief
from agents.drafted import Drafted
from agents.failures import MODEL_REFUSED, MODEL_UNAVAILABLE, run_failed
from agents.prompts import messages_for

Answer = TypeVar("Answer", bound=BaseModel)

_NO_USE_TRYING = frozenset({400, 401, 403, 404, 413, 422})


async def ask(model: BaseChatModel, brief: Brief, schema: type[Drafted]) -> Drafted:
    """The draft that the brief asks for. Raises as `ask_with` does."""
    return await ask_with(model, messages_for(brief), schema)


async def ask_with(model: BaseChatModel, messages: Sequence[BaseMessage], schema: type[Answer]) -> Answer:
    """Raises ApplicationError: without retry where the provider refuses for good, with retry for anything passing."""
    structured: Any = model.with_structured_output(schema)
    try:
        answer: object = await structured.ainvoke(list(messages))
    except (ValidationError, OutputParserException, ValueError) as error:
        raise _unusable(f"{type(error).__name__}") from error
    except (ApplicationError, AttributeError, TypeError, LookupError, AssertionError):
        raise
    except Exception as error:  # every provider has its own errors; what they share is an HTTP status
        raise _told_apart(error) from error
    return answer if isinstance(answer, schema) else _validated(schema, answer)


def _validated(schema: type[Answer], answer: object) -> Answer:
    try:
        return schema.model_validate(answer)
    except ValidationError as error:
        raise _unusable("ValidationError") from error


def _unusable(why: str) -> ApplicationError:
    return ApplicationError(
        f"The model's answer could not be used ({why}). Another model may do better.", type=MODEL_UNAVAILABLE
    )


def _told_apart(error: Exception) -> ApplicationError:
    status = getattr(error, "status_code", None)
    detail = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
    if status in _NO_USE_TRYING:
        return run_failed(
            f"The model's provider refused the request (HTTP {status}): {detail} "
            "Check the model's name, its key and the account behind it.",
            MODEL_REFUSED,
        )
    return ApplicationError(f"The model did not answer: {detail}", type=MODEL_UNAVAILABLE)
