"""Who a command comes from, proved on its way through Temporal by a signed, short-lived assertion (JWT, HS256).

An assertion names the person (`sub`), the book (`cim`) and what it is good for (`use`):

- `session`: any command of this actor for two minutes; the API and the worker sign these and nobody else holds one.
- `hand`: any command of this person for five minutes, each held against the person's rights of that moment.
- `command`: this one command (its `content_hash`) for thirty days; for what waits in Temporal while workers are away.
- `call`: this one call of another workflow (the hash of its input: a run, a turn, a document...), for thirty days.
- `upkeep`: this one command of the system itself, for two minutes; workers sign it where a rule of the tenant wants it.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Literal, Self

import jwt
from pydantic import Field, SecretStr, ValidationError

from domain.values import Actor, Instant, Value

API = "bookrunner-api"
WORKER = "bookrunner-worker"
ALGORITHM = "HS256"
LEEWAY_SECONDS = 10
SESSION_SECONDS = 120
HAND_SECONDS = 300
BOUND_SECONDS = 30 * 86_400
REUSED_SECONDS = 60.0
MOST_REUSED = 10_000
LONGEST_PROOF = 2_048
SHORTEST_KEY_BYTES = 32
DERIVED = "derived"

Use = Literal["session", "hand", "command", "call", "upkeep"]
_LONGEST_SECONDS: dict[Use, int] = {
    "session": SESSION_SECONDS,
    "hand": HAND_SECONDS,
    "command": BOUND_SECONDS,
    "call": BOUND_SECONDS,
    "upkeep": SESSION_SECONDS,
}


logger = logging.getLogger(__name__)


class _Refused(Exception):
    """Carries the reason only, never the assertion."""


class Assertion(Value):
    """What was proved, and until when it may be relied upon."""

    use: Use
    actor: Actor
    expires_at: Instant


class _Claims(Value):
    iss: Literal["bookrunner-api", "bookrunner-worker"]
    sub: str = Field(min_length=1, max_length=200)
    cim: str = Field(min_length=1, max_length=100)
    use: Use
    act: str | None = None
    """The agent that acts for the person, or the part of the system that acts by itself; signed by workers alone."""
    wid: str | None = None
    """The workflow in which the agent acts."""
    bound: str = ""
    """Hash of the one command, or of the one call, that this is good for."""
    iat: int
    exp: int

    @property
    def actor(self) -> Actor:
        if self.use == "upkeep":
            return Actor(kind="system", id=self.sub)
        if self.act is None:
            return Actor(kind="user", id=self.sub)
        return Actor(kind="agent", id=self.act, on_behalf_of=self.sub)


class Assertions:
    """Signs and checks with keys by `kid`: the first signs, all are taken, so that keys can be changed one by one."""

    def __init__(self, keys: Mapping[str, bytes], clock: Callable[[], float] = time.time) -> None:
        if not keys or any(len(key) < SHORTEST_KEY_BYTES for key in keys.values()):
            raise ValueError(f"Assertions need a key, each of at least {SHORTEST_KEY_BYTES} bytes.")
        self._keys = dict(keys)
        self._signs_with = next(iter(self._keys))
        self._clock = clock
        self._reused: OrderedDict[tuple[Actor, str, str | None], tuple[float, str]] = OrderedDict()

    @classmethod
    def of(cls, keys: Mapping[str, SecretStr], service_role_key: SecretStr | None) -> Self:
        """Without keys of its own, one that follows from the service role key, which API and workers share."""
        if keys:
            return cls({kid: key.get_secret_value().encode() for kid, key in keys.items()})
        root = service_role_key.get_secret_value().encode() if service_role_key else secrets.token_bytes(32)
        return cls({DERIVED: hmac.digest(root, b"bookrunner assertions", hashlib.sha256)})

    def of_person(self, actor: Actor, cim_id: str) -> str:
        """For commands that the API passes on. The same for a minute, so that it is checked once."""
        return self._session(actor, cim_id, None)

    def of_agent(self, actor: Actor, cim_id: str, workflow_id: str) -> str:
        """For commands of an agent that acts in this workflow on behalf of a person."""
        return self._session(actor, cim_id, workflow_id)

    def by_hand(self, person_id: str, cim_id: str) -> tuple[str, Instant]:
        """For commands that a person signals by hand, and when it ends."""
        proof = self._signed(Actor(kind="user", id=person_id), cim_id, "hand")
        return proof, datetime.fromtimestamp(int(self._clock()) + HAND_SECONDS, UTC)

    def of_command(self, actor: Actor, cim_id: str, command_hash: str) -> str:
        return self._signed(actor, cim_id, "command", bound=command_hash)

    def of_upkeep(self, actor: Actor, cim_id: str, command_hash: str) -> str:
        """Of a part of the system, which needs no role for this command."""
        return self._signed(actor, cim_id, "upkeep", bound=command_hash)

    def of_call(self, actor: Actor, cim_id: str, call_hash: str) -> str:
        """Of a person by the API; of an agent by the worker whose run has it work."""
        return self._signed(actor, cim_id, "call", bound=call_hash)

    def sender(self, proof: str, actor: Actor, cim_id: str, command_hash: str) -> Assertion | None:
        """What shows that this actor sends this command to this book; None when nothing does."""
        try:
            claims = self._read(proof, actor, cim_id)
            if claims.use == "call":
                raise _Refused("another use")
            if claims.use in ("command", "upkeep") and claims.bound != command_hash:
                raise _Refused("another command")
        except _Refused as refused:
            logger.warning("a command to %s was not proved to be of %s: %s", cim_id, actor.person_id, refused)
            return None
        return Assertion(use=claims.use, actor=claims.actor, expires_at=datetime.fromtimestamp(claims.exp, UTC))

    def called(self, proof: str, actor: Actor, cim_id: str, call_hash: str, within_seconds: int) -> bool:
        """Whether this actor asked for this call, not longer ago."""
        try:
            claims = self._read(proof, actor, cim_id)
            if claims.use != "call" or claims.bound != call_hash:
                raise _Refused("another call")
            if claims.iat < self._clock() - within_seconds - LEEWAY_SECONDS:
                raise _Refused("too long ago")
        except _Refused as refused:
            logger.warning("a call for %s was not proved to be of %s: %s", cim_id, actor.person_id, refused)
            return False
        return True

    def _session(self, actor: Actor, cim_id: str, workflow_id: str | None) -> str:
        key, now = (actor, cim_id, workflow_id), self._clock()
        known = self._reused.get(key)
        if known is not None and 0 <= now - known[0] < REUSED_SECONDS:
            return known[1]
        proof = self._signed(actor, cim_id, "session", workflow_id=workflow_id)
        self._reused[key] = (now, proof)
        self._reused.move_to_end(key)
        while len(self._reused) > MOST_REUSED:
            self._reused.popitem(last=False)
        return proof

    def _signed(self, actor: Actor, cim_id: str, use: Use, *, bound: str = "", workflow_id: str | None = None) -> str:
        now = int(self._clock())
        claims = _Claims(
            iss=API if actor.kind == "user" else WORKER,
            sub=actor.person_id,
            cim=cim_id,
            use=use,
            act=None if actor.kind == "user" else actor.id,
            wid=workflow_id,
            bound=bound,
            iat=now,
            exp=now + _LONGEST_SECONDS[use],
        )
        return jwt.encode(
            claims.model_dump(exclude_defaults=True),
            self._keys[self._signs_with],
            ALGORITHM,
            headers={"kid": self._signs_with},
        )

    def _read(self, proof: str, actor: Actor, cim_id: str) -> _Claims:
        if not proof or len(proof) > LONGEST_PROOF:
            raise _Refused("missing" if not proof else "malformed")
        try:
            key = self._keys.get(str(jwt.get_unverified_header(proof).get("kid")))
            if key is None:
                raise _Refused("unknown key")
            now = self._clock()
            decoded = jwt.decode(proof, key, algorithms=[ALGORITHM], options={"verify_exp": False, "verify_iat": False})
            claims = _Claims.model_validate(decoded)
        except (jwt.PyJWTError, ValidationError):
            raise _Refused("malformed or not signed by us") from None
        if claims.exp <= now - LEEWAY_SECONDS or claims.exp - claims.iat > _LONGEST_SECONDS[claims.use]:
            raise _Refused("expired")
        if claims.iat > now + LEEWAY_SECONDS and not claims.bound:
            # A bound one is good for nothing else, whenever it was signed: a clock that is set back must not lose it.
            raise _Refused("not yet valid")
        if claims.cim != cim_id:
            raise _Refused("another book")
        if claims.actor != actor or (claims.iss == WORKER) != (claims.act is not None):
            raise _Refused("another actor")
        return claims
