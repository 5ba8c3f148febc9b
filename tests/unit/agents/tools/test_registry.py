"""Which tools there are, who has them in which mode, and how models are told of them."""

from __future__ import annotations

from typing import Any, cast, get_args

import pytest
from jsonschema_rs import meta
from langchain_core.utils.function_calling import convert_to_openai_tool

from agents.tools.overview import PAGE, page
from agents.tools.registry import ALL_TOOLS, describe, tools_for
from domain.values import AgentType, Mode


def test_names_are_unique_and_every_tool_is_somebodys() -> None:
    names = [tool.name for tool in ALL_TOOLS]
    assert len(names) == len(set(names))
    assert all(tool.agents <= set(get_args(AgentType)) and tool.agents for tool in ALL_TOOLS)


def test_no_tool_approves_completes_or_deletes_a_book() -> None:
    names = " ".join(tool.name for tool in ALL_TOOLS)
    assert not any(word in names for word in ("approve", "complete", "delete", "accept", "restore", "confirm"))


@pytest.mark.parametrize("agent", get_args(AgentType))
def test_ask_reads_and_revise_writes_nothing_new(agent: AgentType) -> None:
    assert {tool.permission for tool in tools_for(agent, "ask")} <= {"read"}
    assert all(tool.changes for tool in tools_for(agent, "revise") if tool.permission == "write")
    draft = {tool.name for tool in tools_for(agent, "draft")}
    for mode in get_args(Mode):
        assert {tool.name for tool in tools_for(agent, mode)} <= draft


def test_specialists_have_tools_of_their_own() -> None:
    def writes(agent: AgentType) -> set[str]:
        return {tool.name for tool in tools_for(agent, "draft") if tool.permission == "write"}

    assert "save_slide" in writes("editor")
    assert "save_slide" not in writes("outline")
    assert "save_outline" in writes("outline")
    assert "save_outline" not in writes("editor")
    assert not writes("research") | writes("reviewer") | writes("planner")


def keys_of(schema: Any) -> set[str]:
    """Keywords of the schema; names of properties are none."""
    match schema:
        case dict():
            fields = cast("dict[str, Any]", schema)
            inner = [list(value.values()) if key == "properties" else value for key, value in fields.items()]
            return set(fields) | keys_of(inner)
        case list():
            return {key for item in cast("list[Any]", schema) for key in keys_of(item)}
        case _:
            return set()


@pytest.mark.parametrize("described", describe(ALL_TOOLS), ids=lambda one: one["function"]["name"])
def test_definitions_are_plain_json_schema(described: dict[str, Any]) -> None:
    assert convert_to_openai_tool(described) == described
    function = described["function"]
    assert function["description"]
    schema = function["parameters"]
    meta.validate(schema)
    assert schema["type"] == "object"
    assert not keys_of(schema) & {"$ref", "$defs", "default", "title", "discriminator"}


def test_properties_keep_their_names() -> None:
    [slide] = [one for one in describe(ALL_TOOLS) if one["function"]["name"] == "save_slide"]
    properties = slide["function"]["parameters"]["properties"]
    assert {"title", "slide_id", "components"} <= set(properties)
    kinds = str(properties["components"])
    assert all(kind in kinds for kind in ("'keep'", "'chart'", "'metric'", "'image'"))


def test_the_page_of_tools_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m agents.tools.overview"
