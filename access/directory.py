"""Everything that Supabase knows of people and organisations."""

from __future__ import annotations

from typing import Self

from access.auth import SupabaseAuth
from access.book_rules import BookRules
from access.connection import Connection
from access.documents import Documents
from access.endings import Endings
from access.invitations import Invitations
from access.machines import ApiKeys
from access.organisations import Organisations
from access.projects import Projects
from access.trials import Trials


class Directory:
    """One connection for all of it."""

    def __init__(self, connection: Connection, auth: SupabaseAuth) -> None:
        self._connection = connection
        self.auth = auth
        self.organisations = Organisations(connection)
        self.projects = Projects(connection)
        self.invitations = Invitations(connection)
        self.keys = ApiKeys(connection)
        self.documents = Documents(connection)
        self.trials = Trials(connection)
        self.endings = Endings(connection)
        self.book_rules = BookRules(connection)

    @classmethod
    def connect(cls, supabase_url: str, service_role_key: str, anon_key: str) -> Self:
        return cls(Connection.open(supabase_url, service_role_key), SupabaseAuth.connect(supabase_url, anon_key))

    async def close(self) -> None:
        await self._connection.close()
        await self.auth.close()
