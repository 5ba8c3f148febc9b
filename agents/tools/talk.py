"""Talk and workspace: questions to people, and what their page shows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from agents.tools.tool import Tool, ToolDesk, ToolResult
from domain.knowledge import EntityKind
from domain.requests import RequestBody
from domain.values import Id, Line, Paragraph, Value

Panel = Literal[
    "documents", "buyer_persona", "hero_concept", "outline", "slides", "graph", "findings", "runs", "history", "exports"
]


class AskQuestion(Value):
    question: Annotated[Paragraph, Field(min_length=1)]
    options: Annotated[tuple[Line, ...], Field(max_length=20, description="None: people answer in free text")] = ()
    multiple: Annotated[bool, Field(description="Whether several options may be chosen")] = False
    hint: Annotated[Paragraph, Field(description="What the answer affects, in one sentence")] = ""


class OpenPanel(Value):
    panel: Panel


class FocusEntity(Value):
    entity_id: Id


class FocusSlide(Value):
    slide_id: Id


class ShowGraph(Value):
    kinds: Annotated[tuple[EntityKind, ...], Field(max_length=5, description="None: every kind")] = ()
    highlight: Annotated[tuple[Id, ...], Field(max_length=50, description="Ids of entities")] = ()


async def _question(arguments: AskQuestion, desk: ToolDesk) -> RequestBody:
    return RequestBody(
        kind="question",
        text=arguments.question,
        hint=arguments.hint,
        options=tuple(dict.fromkeys(arguments.options)),
        multiple=arguments.multiple and bool(arguments.options),
    )


async def _nobody_there(arguments: AskQuestion, desk: ToolDesk) -> ToolResult:
    return ToolResult(rejected="Only people answer questions, and none can be asked here.")


async def _open_panel(arguments: OpenPanel, desk: ToolDesk) -> ToolResult:
    panel = arguments.panel.replace("_", " ")
    return await _shown(desk, "open_panel", {"panel": arguments.panel}, f"Opened the panel {panel}.")


async def _focus_entity(arguments: FocusEntity, desk: ToolDesk) -> ToolResult:
    graph = await desk.workspace.graph(desk.scope.cim_id)
    entity = next((one for one in graph.entities if one.id == arguments.entity_id), None)
    if entity is None:
        return ToolResult(rejected=f"The book knows no entity {arguments.entity_id}.")
    return await _shown(desk, "focus_entity", {"entity_id": entity.id}, f"Shows {entity.name}.")


async def _focus_slide(arguments: FocusSlide, desk: ToolDesk) -> ToolResult:
    slides = await desk.workspace.slides(desk.scope.cim_id)
    slide = next((one for one in slides if one.id == arguments.slide_id), None)
    if slide is None:
        return ToolResult(rejected=f"The book has no slide {arguments.slide_id}.")
    details: dict[str, JsonValue] = {"slide_id": slide.id, "section_id": slide.section_id}
    return await _shown(desk, "focus_slide", details, f"Shows the slide “{slide.title}”.")


async def _show_graph(arguments: ShowGraph, desk: ToolDesk) -> ToolResult:
    graph = await desk.workspace.graph(desk.scope.cim_id)
    unknown = sorted(set(arguments.highlight) - {entity.id for entity in graph.entities})
    if unknown:
        return ToolResult(rejected=f"The book knows no entity {', '.join(unknown)}.")
    shown = sum(not arguments.kinds or entity.kind in arguments.kinds for entity in graph.entities)
    details: dict[str, JsonValue] = {"kinds": list(arguments.kinds), "highlight": list(arguments.highlight)}
    return await _shown(desk, "show_graph", details, f"Shows the graph: {shown} of {len(graph.entities)} entities.")


async def _shown(desk: ToolDesk, action: str, details: dict[str, JsonValue], summary: str) -> ToolResult:
    await desk.talk.show(desk.scope.cim_id, action, details)
    return ToolResult(content={"shown": details}, summary=summary)


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="ask_question",
        description="Asks the people of the deal and waits for their answer. Give options where you know the choices.",
        arguments=AskQuestion,
        permission="read",
        run=_nobody_there,
        ask=_question,
        is_question=True,
    ),
    Tool(
        name="open_panel",
        description="Opens a panel of the workspace before the person.",
        arguments=OpenPanel,
        permission="read",
        run=_open_panel,
    ),
    Tool(
        name="focus_entity",
        description="Shows one company, person, product, market or customer in the workspace.",
        arguments=FocusEntity,
        permission="read",
        run=_focus_entity,
    ),
    Tool(
        name="focus_slide",
        description="Shows one slide in the workspace.",
        arguments=FocusSlide,
        permission="read",
        run=_focus_slide,
    ),
    Tool(
        name="show_graph",
        description="Shows the graph of what the book is about, by kind, with some entities highlighted.",
        arguments=ShowGraph,
        permission="read",
        run=_show_graph,
    ),
)
