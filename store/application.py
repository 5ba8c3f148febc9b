"""The database of an application: whose it is, and what the control of deployments needs to know of it."""

from __future__ import annotations

from pymongo.errors import DuplicateKeyError

from store.errors import FatalStoreError, translated
from store.server import Server
from store.store import Store
from vault import MasterKeys

MARKS = "application"
MARK = "this"


class AnotherApplication(FatalStoreError):
    """The database belongs to another application."""


class ApplicationDatabase:
    """Every call raises StoreUnavailable while the server does not answer."""

    def __init__(self, server: Server, masters: MasterKeys) -> None:
        self._server = server
        self._masters = masters

    @classmethod
    def connect(cls, url: str, database: str, masters: MasterKeys) -> ApplicationDatabase:
        """Does not wait for the server."""
        return cls(Server(url, database), masters)

    async def close(self) -> None:
        await self._server.close()

    @translated
    async def claim(self, application_id: str, org_id: str) -> bool:
        """Whether the database is new. Raises AnotherApplication where somebody else has it."""
        marks = await self._server.collection(MARKS)
        try:
            await marks.insert_one({"_id": MARK, "application_id": application_id, "org_id": org_id})
        except DuplicateKeyError:
            if await self.holder() != application_id:
                raise AnotherApplication("the database belongs to another application") from None
            return False
        return True

    async def ensure_indexes(self) -> None:
        """Idempotent."""
        await Store(self._server, self._masters).ensure_indexes()

    @translated
    async def holder(self) -> str | None:
        """The application that the database belongs to."""
        mark = await (await self._server.collection(MARKS)).find_one({"_id": MARK})
        return None if mark is None else str(mark["application_id"])

    @translated
    async def rev_of(self, cim_id: str) -> int:
        """Up to which revision a book is recorded; 0 for one that is not there."""
        head = await (await self._server.collection("cims")).find_one({"_id": cim_id}, {"rev": 1})
        return 0 if head is None else int(head["rev"])

    @translated
    async def drop(self, application_id: str) -> bool:
        """Take the database away with all that is in it, if this application has it."""
        if await self.holder() != application_id:
            return False
        await self._drop()
        return True

    @translated
    async def drop_unused(self, application_id: str) -> bool:
        """Take the database away, if this application has it and no book was ever in it."""
        if await self.holder() != application_id:
            return False
        if await (await self._server.collection("events")).find_one({}) is not None:
            return False
        await self._drop()
        return True

    async def _drop(self) -> None:
        database = await self._server.database()
        await database.client.drop_database(database.name)
