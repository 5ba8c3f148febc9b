"""An entry of the audit log. It names things by kind and id and never carries their text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Literal, Self, TypeAlias, cast
from uuid import UUID, uuid4

from pydantic import BeforeValidator, Field, StringConstraints

from domain.values import Actor, Instant, Value

NO_ORGANIZATION = "00000000-0000-0000-0000-000000000000"
"""The chain of what belongs to no organisation: refused sign-ins, addresses that nobody has, steps of the platform."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST_DETAILS = 20
MOST_LISTED = 100
LONGEST_WORD = 300


def _clipped(value: object) -> object:
    """Too long a word is cut and control characters go, since an entry must not be lost over them."""
    if isinstance(value, str):
        return "".join(letter if letter.isprintable() else "\ufffd" for letter in value[:LONGEST_WORD])
    return value


def _organisation(value: object) -> object:
    """What cannot be an organisation belongs to none."""
    text = value.lower() if isinstance(value, str) else ""
    return text if _UUID.fullmatch(text) else NO_ORGANIZATION


def _few(value: object) -> object:
    return cast("Sequence[object]", value)[:MOST_LISTED] if isinstance(value, list | tuple) else value


def _fewer(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    return dict(islice(cast("Mapping[object, object]", value).items(), MOST_DETAILS))


OrgId = Annotated[str, BeforeValidator(_organisation), StringConstraints(min_length=36, max_length=36)]
Word = Annotated[str, BeforeValidator(_clipped), StringConstraints(max_length=LONGEST_WORD)]
Words = Annotated[tuple[Word, ...], BeforeValidator(_few)]
Action = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,49}\.[a-z][a-z_]{0,49}$")]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,49}$")]
Details: TypeAlias = Annotated[Mapping[Kind, bool | int | Word | Words], BeforeValidator(_fewer)]

Result = Literal["done", "accepted", "refused", "failed"]
"""`accepted`: durable, its outcome comes later. `refused`: nothing was changed or shown. `failed`: it could not be
tried, or broke off."""


class AuditActor(Value):
    """Who did it. `nobody`: it could not be told who."""

    kind: Literal["user", "agent", "system", "api_key", "nobody"]
    id: Word
    on_behalf_of: Word | None = None

    @classmethod
    def of(cls, actor: Actor) -> Self:
        return cls(kind=actor.kind, id=actor.id, on_behalf_of=actor.on_behalf_of)


class Target(Value):
    """What it was done to, such as kind `cim`, `source`, `member`, `api_key`, `deployment`."""

    kind: Kind
    id: Word


class AuditEntry(Value):
    """`action` is `<kind>.<verb>`: `cim.read`, `member.remove`, `deployment.promote`.

    `details` hold ids, counts, codes and names of fields; never texts of a book, tokens, keys or passwords. The same
    `entry_id` is kept once: give one of your making (uuid5) where the recording itself may be repeated.
    """

    org_id: OrgId
    actor: AuditActor
    action: Action
    target: Target
    result: Result = "done"
    at: Instant = Field(default_factory=lambda: datetime.now(UTC))
    from_ip: Word | None = None
    user_agent: Word | None = None
    details: Details = Field(default_factory=dict[str, bool | int | str | tuple[str, ...]])
    entry_id: UUID = Field(default_factory=uuid4)
