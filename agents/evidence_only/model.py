"""The built-in chat model of drafts. It reads the brief in the prompt and composes by rules; it knows nothing else."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import BaseModel

from agents.brief import Brief
from agents.drafted import Drafted
from agents.evidence_only.persona import draft_persona
from agents.evidence_only.wording import NOT_IN_DOCUMENTS
from agents.prompts import brief_in


class EvidenceOnlyChatModel(BaseChatModel):
    """Writes only what the facts and passages of the brief say, with their references."""

    @property
    def _llm_type(self) -> str:
        return "evidence-only"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        brief = brief_in(messages)
        content = (
            compose(brief).model_dump_json() if brief else f"There is no evidence to answer from: {NOT_IN_DOCUMENTS}."
        )
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=content))])

    def with_structured_output(
        self, schema: Any, *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[LanguageModelInput, Any]:
        """Answers as `schema`, a pydantic model. With `include_raw`, a dict of raw, parsed and parsing_error."""
        if not (isinstance(schema, type) and issubclass(schema, BaseModel)):
            raise TypeError("the evidence-only model answers with pydantic models")
        model: type[BaseModel] = schema

        def parse(message: AIMessage) -> Any:
            parsed = model.model_validate_json(message.text)
            return {"raw": message, "parsed": parsed, "parsing_error": None} if include_raw else parsed

        return self | RunnableLambda(parse)


def compose(brief: Brief) -> Drafted:
    """The draft that the brief asks for."""
    match brief.task:
        case "buyer_persona":
            return draft_persona(brief)
        case "hero_context":
            from agents.evidence_only.hero import draft_hero

            return draft_hero(brief)
        case "outline":
            from agents.evidence_only.outline import draft_outline

            return draft_outline(brief)
        case "slides":
            from agents.evidence_only.slides import draft_slides

            return draft_slides(brief)
