"""The built-in chat model. It reads the brief or the context in the prompt and goes by rules; it knows nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import BaseModel

from agents.brief import Brief
from agents.compose.by_rules import answer as by_rules
from agents.drafted import Drafted
from agents.evidence_only.chat.reply import Reply
from agents.evidence_only.chat.speaking import reply_to
from agents.evidence_only.persona import draft_persona
from agents.evidence_only.wording import NOT_IN_DOCUMENTS
from agents.prompts import block_in, brief_in
from agents.turn.prompts import context_in, transcript_in


class EvidenceOnlyChatModel(BaseChatModel):
    """Writes only what the facts and passages of its prompt say, with their references."""

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
        form: type[BaseModel] | None = kwargs.get("answers_as")
        formed = by_rules(form, block_in(messages)) if form is not None else None
        if formed is not None:
            return ChatResult(generations=[ChatGeneration(message=AIMessage(formed.model_dump_json()))])
        reply, seed = _reply(messages, kwargs.get("tools"))
        return ChatResult(generations=[ChatGeneration(message=reply.message(seed))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        reply, seed = _reply(messages, kwargs.get("tools"))
        for chunk in reply.chunks(seed):
            yield ChatGenerationChunk(message=chunk)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        reply, seed = _reply(messages, kwargs.get("tools"))
        for chunk in reply.chunks(seed):
            yield ChatGenerationChunk(message=chunk)

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The model with tools in any of the forms that langchain knows. It goes by their names."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

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

        return self.bind(answers_as=model) | RunnableLambda(parse)


def _reply(messages: list[BaseMessage], tools: Sequence[dict[str, Any]] | None) -> tuple[Reply, str]:
    """What to answer, and what tells this answer from every other one."""
    brief = brief_in(messages)
    if brief is not None:
        return Reply(compose(brief).model_dump_json()), ""
    context = context_in(messages)
    if context is None:
        return Reply(f"There is no evidence to answer from: {NOT_IN_DOCUMENTS}."), ""
    transcript = transcript_in(messages)
    seed = hashlib.sha256(f"{context.model_dump_json()}/{len(transcript)}".encode()).hexdigest()
    return reply_to(context, transcript, {tool["function"]["name"] for tool in tools or ()}), seed


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
