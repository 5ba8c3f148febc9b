"""One question to a chat model that is to be answered in a given form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from pydantic import BaseModel, ValidationError

from agents.brief import Brief
from agents.endings import refused_words
from agents.failures import MODEL_REFUSED, model_declined, run_failed
from agents.prompts import messages_for
from agents.provider_errors import first_line, told_apart
from agents.usage import MeteredModel, Tally

Answer = TypeVar("Answer", bound=BaseModel)

MOST_FAULTS_TOLD = 20
LONGEST_ANSWER_RETURNED = 60_000


class _Unfit(Exception):
    """An answer that does not fit; `faults` say why, for the model and for people, `said` what it was."""

    def __init__(self, said: str, faults: Sequence[str]) -> None:
        super().__init__(faults[0] if faults else "")
        self.said = said
        self.faults = tuple(faults[:MOST_FAULTS_TOLD])


async def ask(model: MeteredModel, brief: Brief, schema: type[Answer]) -> Answer:
    """The draft that the brief asks for. Raises as `ask_with` does."""
    return await ask_with(model, messages_for(brief), schema)


async def ask_with(model: MeteredModel, messages: Sequence[BaseMessage], schema: type[Answer]) -> Answer:
    """An answer that does not fit is sent back once, with what is wrong.

    Raises ApplicationError: without retry where the provider or the budget refuses for good and where the second answer
    does not fit either, with retry for anything that passes.
    """
    try:
        return await _asked(model, messages, schema)
    except _Unfit as first:
        if model.chosen.is_built_in:
            raise _unusable(first) from first
        again = [*messages, AIMessage(first.said or "(nothing)"), HumanMessage(_correction(first))]
    try:
        return await _asked(model, again, schema)
    except _Unfit as second:
        raise _unusable(second) from second


async def _asked(model: MeteredModel, messages: Sequence[BaseMessage], schema: type[Answer]) -> Answer:
    chat: Any = model.chosen.chat
    structured: Any = chat.with_structured_output(schema, include_raw=True, **_method(model))
    form = json.dumps(schema.model_json_schema())
    async with model.call(messages, form, part=f"/{_name_of(messages)}") as tally:
        try:
            answer: Mapping[str, Any] = await structured.ainvoke(list(messages))
        except ValidationError as error:
            raise _Unfit("", _faults(error)) from error
        except Exception as error:
            raise told_apart(error) from error
        raw = cast("AIMessage", answer["raw"])
        _count(raw, tally)
        refusal = refused_words(raw)
        if refusal is not None:
            raise model_declined(refusal)
        return _fitting(schema, raw, answer.get("parsed"), answer.get("parsing_error"))


def _fitting(schema: type[Answer], raw: AIMessage, parsed: object, problem: object) -> Answer:
    if isinstance(parsed, schema):
        return parsed
    said = _said(raw)
    try:
        return schema.model_validate_json(said) if parsed is None else schema.model_validate(parsed)
    except ValidationError as error:
        cause = problem.__cause__ if isinstance(problem, BaseException) else None
        causes = (problem, cause, error)
        known = next((one for one in causes if isinstance(one, ValidationError)), error)
        raise _Unfit(said, _faults(known)) from error


def _method(model: MeteredModel) -> dict[str, str]:
    """Anthropic's models cannot be made to call a tool while they think, and some always do."""
    return {"method": "json_schema"} if model.chosen.provider == "anthropic" else {}


def _said(raw: AIMessage) -> str:
    """The answer as the model gave it, be it a text or a call of the tool that stands for the form."""
    if raw.tool_calls:
        return json.dumps(raw.tool_calls[0]["args"])[:LONGEST_ANSWER_RETURNED]
    if raw.invalid_tool_calls:
        return (raw.invalid_tool_calls[0]["args"] or "")[:LONGEST_ANSWER_RETURNED]
    return str(raw.text)[:LONGEST_ANSWER_RETURNED]


def _count(raw: AIMessage, tally: Tally) -> None:
    tally.reports(raw.usage_metadata)
    tally.heard(_said(raw))


def _faults(error: ValidationError) -> list[str]:
    told: list[str] = []
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        place = ".".join(str(part) for part in fault["loc"]) or "the answer"
        told.append(f"{place}: {fault['msg']}")
    return told


def _correction(unfit: _Unfit) -> str:
    faults = "".join(f"- {fault}\n" for fault in unfit.faults)
    return f"Your answer does not fit the form that was asked for:\n{faults}Answer again, whole, in that form."


def _unusable(unfit: _Unfit) -> Exception:
    return run_failed(
        f"The model's answer does not have the form that is needed, also after it was sent back ({first_line(unfit)}). "
        "Start again, or choose another model.",
        MODEL_REFUSED,
    )


def _name_of(messages: Sequence[BaseMessage]) -> str:
    """The same for the same question, so that its usage is counted once."""
    text = json.dumps([[message.type, str(message.text)] for message in messages])
    return hashlib.sha256(text.encode()).hexdigest()[:12]
