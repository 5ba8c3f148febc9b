"""The people who call: their tokens hold for a day before and after now, so that clocks may jump; one holds an hour."""

from __future__ import annotations

import time
from typing import Any

import jwt

from deploy.embedded.people import Person
from deploy.embedded.stack import Addresses

DAY = 86_400
HOUR = 3_600


class People:
    """The demonstration people, by role, of two organisations."""

    def __init__(self, addresses: Addresses) -> None:
        assert addresses.jwt_secret is not None
        self._secret = addresses.jwt_secret
        self._people = addresses.people()
        self.orgs = list(dict.fromkeys(person.org_id for person in self._people if person.org_id is not None))

    def person(self, role: str, team: int = 0) -> Person:
        return next(one for one in self._people if one.role == role and one.org_id == self.orgs[team])

    def token(self, person: Person, *, seconds: int = 2 * DAY, age_seconds: int = DAY) -> str:
        """As Supabase signs it, issued so long ago, good for so long from now."""
        claims: dict[str, Any] = jwt.decode(person.access_token, options={"verify_signature": False})
        now = int(time.time())
        return jwt.encode({**claims, "iat": now - age_seconds, "exp": now + seconds}, self._secret, "HS256")
