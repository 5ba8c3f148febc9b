"""Vectors in Qdrant: of one CIM, kept once, gone with it; in the local mode and as on a server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from qdrant_client import AsyncQdrantClient

from search.fusion import fused
from search.parts import MOST_PARTS, PART_CHARACTERS, parts_of
from search.vectors import Point, Vectors, VectorsUnavailable

EAST, NORTH = [1.0, 0.0], [0.0, 1.0]

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect")


@pytest.fixture(params=["local", "as on a server"])
async def vectors(request: pytest.FixtureRequest) -> AsyncIterator[Vectors]:
    opened = Vectors(AsyncQdrantClient(":memory:"), "test-model", is_local=request.param == "local")
    yield opened
    await opened.close()


async def test_the_nearest_come_first_and_only_of_the_cim_and_kind(vectors: Vectors) -> None:
    points = [Point("east", 0, "east"), Point("east", 1, "more of the east"), Point("north", 0, "north")]
    await vectors.put("cim1", "passage", points, [EAST, [0.9, 0.1], NORTH])
    await vectors.put("cim2", "passage", [Point("other", 0, "east")], [EAST])
    await vectors.put("cim1", "message", [Point("said", 0, "east")], [EAST])
    assert await vectors.find("cim1", "passage", EAST, 10) == ["east", "north"]
    assert await vectors.find("cim1", "message", NORTH, 10) == ["said"]
    assert await vectors.find("cim3", "passage", EAST, 10) == []


async def test_what_has_a_vector_is_not_missing(vectors: Vectors) -> None:
    points = [Point(f"p{number}", 0, f"text {number}") for number in range(150)]
    assert await vectors.missing("cim1", "passage", points, 2) == points
    await vectors.put("cim1", "passage", points[:100], [EAST] * 100)
    await vectors.put("cim1", "passage", points[:10], [EAST] * 10)
    assert await vectors.missing("cim1", "passage", points, 2) == points[100:]
    assert await vectors.missing("cim2", "passage", points, 2) == points


async def test_a_cim_is_forgotten_alone(vectors: Vectors) -> None:
    for cim_id in ("cim1", "a_cim1"):
        await vectors.put(cim_id, "passage", [Point("p1", 0, "east")], [EAST])
        await vectors.put(cim_id, "message", [Point("m1", 0, "east")], [EAST])
    await vectors.forget("cim1")
    assert await vectors.find("cim1", "passage", EAST, 5) == []
    assert await vectors.find("cim1", "message", EAST, 5) == []
    assert await vectors.find("a_cim1", "passage", EAST, 5) == ["p1"]
    await vectors.put("cim1", "passage", [Point("p2", 0, "north")], [NORTH])
    assert await vectors.find("cim1", "passage", EAST, 5) == ["p2"]


async def test_models_and_dimensions_are_kept_apart() -> None:
    client = AsyncQdrantClient(":memory:")
    one, other = Vectors(client, "openai:one", is_local=False), Vectors(client, "openai:other", is_local=False)
    await one.put("cim1", "passage", [Point("p1", 0, "east")], [EAST])
    assert await other.find("cim1", "passage", EAST, 5) == []
    assert await one.find("cim1", "passage", [1.0, 0.0, 0.0], 5) == []
    await client.close()


# The client leaves a connection to an empty database in memory open when it makes a folder.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_folder_keeps_the_vectors_and_serves_one_process(tmp_path: Path) -> None:
    first = Vectors.open("test-model", folder=tmp_path / "vectors")
    await first.put("cim1", "passage", [Point("p1", 0, "east")], [EAST])
    with pytest.raises(VectorsUnavailable, match="another process"):
        Vectors.open("test-model", folder=tmp_path / "vectors")
    await first.close()
    again = Vectors.open("test-model", folder=tmp_path / "vectors")
    assert await again.find("cim1", "passage", EAST, 5) == ["p1"]
    await again.close()


async def test_a_server_that_is_away_is_told() -> None:
    vectors = Vectors.open("test-model", url="http://127.0.0.1:9")
    with pytest.raises(VectorsUnavailable, match="Qdrant did not answer"):
        await vectors.find("cim1", "passage", EAST, 5)
    await vectors.close()


def test_rankings_are_fused_by_their_places() -> None:
    assert fused([["a", "b", "c"], ["c", "b", "d"]], 3) == ["c", "b", "a"]
    assert fused([["a", "b"], []], 5) == ["a", "b"]
    assert fused([[4], [9]], 2) == [4, 9]


def test_parts_hold_the_text_in_order() -> None:
    text = "\n\n".join(f"Paragraph {number}. " + "It goes on for a while. " * 12 for number in range(10))
    parts = parts_of(text)
    assert all(0 < len(part) <= PART_CHARACTERS for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert len(parts_of("x" * 1_000_000)) == MOST_PARTS
    assert parts_of("  ") == []
