"""What documents lie with which book: their names and sizes, for whoever asks Supabase; contents stay in the store."""

from __future__ import annotations

from access.connection import UNREAD, Connection
from domain.values import ContentHash, Id, Value


class Document(Value):
    """`bytes` is the size of the file, `uploaded_by` the id of a person or key."""

    id: Id
    deal_id: str
    cim_id: Id
    name: str
    media_type: str
    bytes: int
    sha256: ContentHash
    uploaded_by: str


class Documents:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def put(self, document: Document) -> None:
        await self._connection.put("documents", UNREAD, document.model_dump())

    async def forget_book(self, cim_id: str) -> None:
        """Nothing tells of its documents any more."""
        await self._connection.remove("documents", cim_id=cim_id)
