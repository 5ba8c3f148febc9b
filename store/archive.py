"""Everything that is kept of one CIM, out of one store and into another: its log, its contents, all beside them."""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Literal

from bson import json_util
from pydantic import TypeAdapter, ValidationError
from pymongo.errors import DuplicateKeyError

from domain.head import head_of
from store.books import SNAPSHOTS, Books
from store.codec import Codec
from store.errors import StoreError, translated
from store.heads import Heads
from store.ids import event_key
from store.log import EVENTS, Log
from store.notices import NOTICES
from store.owners import Owners
from store.server import Document, Server
from vault import is_sealed

LEFT_OUT = frozenset({SNAPSHOTS, NOTICES, "presence", "book_ends"})
"""Made again, or of no use later."""
Clear = dict[Literal["$opened", "$opened_bytes"], str]
_CLEAR = TypeAdapter(Clear)
OPTIONS: json_util.JSONOptions = json_util.JSONOptions(tz_aware=True)
TEXT, BYTES = "$opened", "$opened_bytes"


class Archive:
    """Documents as lines of JSON, with their contents in clear: whoever has an archive can read the book."""

    def __init__(
        self,
        server: Server,
        codec: Codec,
        owners: Owners,
        log: Log,
        heads: Heads,
        books: Books,
        collections: Sequence[str],
    ) -> None:
        """`collections` are the names of those whose documents carry a cim_id, besides the log."""
        self._server = server
        self._codec = codec
        self._owners = owners
        self._log = log
        self._heads = heads
        self._books = books
        self._collections = tuple(name for name in collections if name not in LEFT_OUT)

    async def lines(self, cim_id: str, to_rev: int) -> AsyncGenerator[str]:
        """First what lies beside the log, which may refer to events up to `to_rev` or later; then the log up to it."""
        for name in (*self._collections, EVENTS):
            for document_id in await self._ids(name, cim_id):
                if name == EVENTS and document_id > event_key(cim_id, to_rev):
                    break
                line = await self._line(name, document_id)
                if line is not None:
                    yield line

    @translated
    async def _ids(self, name: str, cim_id: str) -> list[str]:
        found = (await self._server.collection(name)).find({"cim_id": cim_id}, {"_id": 1}, sort=[("_id", 1)])
        return [str(document["_id"]) async for document in found]

    @translated
    async def _line(self, name: str, document_id: str) -> str | None:
        """None for what is gone meanwhile."""
        document = await (await self._server.collection(name)).find_one({"_id": document_id})
        if document is None:
            return None
        return json_util.dumps({"collection": name, "document": await self._opened(document)})

    @translated
    async def begin(self, cim_id: str, org_id: str, rev: int) -> None:
        """Before the first `take`. Raises StoreError where the store has more of this CIM than the archive, or had it
        and erased it."""
        standing = await self._heads.kept(cim_id)
        if standing is not None and standing.erased:
            raise StoreError("this book was deleted here; it does not come back")
        there = await self._log.end(cim_id, 0)
        if there > rev:
            raise StoreError(f"the book is here already, at revision {there}; the archive has {rev}")
        if there > 0 and await self._owners.org_of(cim_id) != org_id:
            raise StoreError("the book is here already, and belongs to another organisation")
        self._owners.know(cim_id, org_id)

    @translated
    async def take(self, cim_id: str, line: str) -> None:
        """Documents that are there already stay as they are."""
        parsed: Mapping[str, Any] = json_util.loads(line, json_options=OPTIONS)
        name, document = parsed["collection"], parsed["document"]
        if name not in (EVENTS, *self._collections) or document.get("cim_id") != cim_id:
            raise StoreError("the archive has something in it that does not belong there")
        try:
            await (await self._server.collection(name)).insert_one(await self._sealed(cim_id, document))
        except DuplicateKeyError:
            return

    @translated
    async def end(self, cim_id: str, rev: int) -> None:
        """After the last `take`: the CIM is there. Raises StoreError where the log is not whole."""
        state = await self._books.state_at(cim_id, None)
        if state is None or state.rev != rev:
            found = 0 if state is None else state.rev
            raise StoreError(f"the log of the archive goes to {found} and not to {rev}")
        await self._heads.write(head_of(state))

    async def _opened(self, document: Document) -> Document:
        opened: Document = {}
        for name, value in document.items():
            if not isinstance(value, bytes):
                opened[name] = value
            elif document.get("sealed"):
                data = await self._codec.unpack_bytes(value)
                opened[name] = {BYTES: base64.b64encode(data).decode()}
            elif is_sealed(value) or value[:1] == b"\x78":
                opened[name] = {TEXT: await self._codec.unpack(value)}
            else:
                opened[name] = {BYTES: base64.b64encode(value).decode()}
        return opened

    async def _sealed(self, cim_id: str, document: Mapping[str, Any]) -> Document:
        sealed: Document = {}
        for name, value in document.items():
            opened = _clear_in(value)
            if TEXT in opened:
                sealed[name] = await self._codec.pack(cim_id, opened[TEXT])
            elif BYTES in opened:
                sealed[name] = await self._codec.pack_bytes(cim_id, base64.b64decode(opened[BYTES]))
                sealed["sealed"] = True
            else:
                sealed[name] = value
        return sealed


def _clear_in(value: object) -> Clear:
    """What stands in place of a sealed value; nothing for any other."""
    try:
        return _CLEAR.validate_python(value)
    except ValidationError:
        return {}
