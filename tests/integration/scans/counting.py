"""What a MongoDB would examine to answer a query: told by itself where there is one, else counted by its indexes.

FerretDB looks at every document of a collection whatever is asked. So there the query is held against the indexes that
the store has declared, as MongoDB does it: an index serves the conditions on its first fields (any number of
equalities, then one range) and gives an order where its next fields are those of the sort, for up to 200 combinations
of what the equalities list. What lies within these bounds is counted, up to the last document that is wanted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

Document = Mapping[str, Any]
Key = tuple[str, int]
MOST_MERGED = 200
READS = frozenset({"find", "aggregate", "count", "distinct"})


@dataclass(frozen=True)
class Query:
    """A read as it went to the server. `limit` 0: all."""

    command: Document
    database: str
    collection: str
    wanted: Document
    sort: tuple[Key, ...] = ()
    limit: int = 0

    @property
    def is_by_id(self) -> bool:
        return "_id" in self.wanted and not isinstance(self.wanted["_id"], Mapping)

    @classmethod
    def of(cls, event: CommandStartedEvent) -> Query:
        command = event.command
        name = str(command[event.command_name])
        if event.command_name == "aggregate":
            wanted = command["pipeline"][0]["$match"]
        else:
            wanted = command.get("filter", command.get("query", {}))
        sort = tuple((field, int(direction)) for field, direction in command.get("sort", {}).items())
        return cls(dict(command), event.database_name, name, wanted, sort, int(command.get("limit", 0)))


class Listening(CommandListener):
    """Every read that goes to the server, in order."""

    def __init__(self) -> None:
        self.queries: list[Query] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name in READS:
            self.queries.append(Query.of(event))

    def succeeded(self, event: CommandSucceededEvent) -> None:
        return

    def failed(self, event: CommandFailedEvent) -> None:
        return


@dataclass(frozen=True)
class Cost:
    """`examined` is None where no index serves, so that all documents are looked at."""

    examined: int | None
    returned: int


def is_equality(condition: object) -> bool:
    return not isinstance(condition, Mapping) or set(condition) <= {"$eq", "$in"}  # pyright: ignore[reportUnknownArgumentType]


def _listed(condition: object) -> int:
    """How many values an equality allows."""
    if not isinstance(condition, Mapping):
        return 1
    return len(cast("Mapping[str, Sequence[object]]", condition).get("$in", ("one",)))


def served(keys: Sequence[Key], query: Query) -> tuple[dict[str, Any], bool]:
    """The conditions that the index bounds, and whether it gives the order."""
    rest, bounds, combinations = list(keys), dict[str, Any](), 1
    while rest and rest[0][0] in query.wanted and is_equality(query.wanted[rest[0][0]]):
        field = rest.pop(0)[0]
        bounds[field] = query.wanted[field]
        combinations *= _listed(query.wanted[field])
    sort = [key for key in query.sort if key[0] not in bounds]
    backwards = [(field, -direction) for field, direction in sort]
    ordered = rest[: len(sort)] in (sort, backwards) and combinations <= MOST_MERGED
    if rest and rest[0][0] in query.wanted:
        bounds[rest[0][0]] = query.wanted[rest[0][0]]
    return bounds, ordered


async def counted(client: AsyncMongoClient[dict[str, Any]], query: Query) -> Cost:
    """By the best of the indexes that the collection has."""
    if query.is_by_id:
        return Cost(1, 1)
    collection = client[query.database][query.collection]
    matching = await _ids(collection, query.wanted, query.sort, query.limit)
    information = (await collection.index_information()).values()
    declared = [[(str(field), int(direction)) for field, direction in index["key"]] for index in information]
    found = [served(keys, query) for keys in ([("_id", 1)], *declared)]
    useful = [(bounds, ordered) for bounds, ordered in found if bounds or (ordered and query.sort and query.limit)]
    best: int | None = None
    for bounds, ordered in sorted(useful, key=lambda each: (each[1], len(each[0])), reverse=True):
        within = await _ids(collection, bounds, query.sort if ordered else (), 0)
        enough = ordered and query.limit and len(matching) == query.limit
        examined = within.index(matching[-1]) + 1 if enough else len(within)
        best = examined if best is None else min(best, examined)
        if best <= len(matching):
            break
    return Cost(best, len(matching))


async def explained(client: AsyncMongoClient[dict[str, Any]], query: Query) -> Cost:
    """By the server itself."""
    kept = (
        "find",
        "aggregate",
        "count",
        "distinct",
        "filter",
        "query",
        "pipeline",
        "sort",
        "limit",
        "projection",
        "key",
    )
    command = {name: query.command[name] for name in kept if name in query.command}
    if "aggregate" in command:
        command["cursor"] = {}
    plan = await client[query.database].command("explain", command, verbosity="executionStats")
    stats = plan["executionStats"] if "executionStats" in plan else plan["stages"][0]["$cursor"]["executionStats"]
    examined = None if "COLLSCAN" in str(stats) else int(stats["totalDocsExamined"])
    return Cost(examined, int(stats["nReturned"]))


async def _ids(
    collection: AsyncCollection[dict[str, Any]], wanted: Document, sort: Sequence[Key], limit: int
) -> list[object]:
    found = collection.find(dict(wanted), {"_id": 1}, sort=list(sort) or None, limit=limit)
    return [document["_id"] async for document in found]
