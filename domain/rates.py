"""How often somebody may call, by kind of call."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.values import Value

RouteClass = Literal["read", "write", "costly", "sign_in"]
"""`costly` starts work: messages, runs, exports, uploads, invitations. `sign_in` is what needs no token yet."""
Rate = Annotated[str, Field(pattern=r"^([1-9][0-9]{0,8}/(second|minute|hour|day))?$")]
"""Such as `100/minute`; empty for no bound."""


class RateLimit(Value):
    person: Rate = ""
    tenant: Rate = ""
    address: Rate = ""
    """Of the network, where the caller is not known."""


USUAL: dict[RouteClass, RateLimit] = {
    "read": RateLimit(person="6000/minute", tenant="60000/minute", address="600/minute"),
    "write": RateLimit(person="1800/minute", tenant="18000/minute", address="300/minute"),
    "costly": RateLimit(person="120/minute", tenant="1200/minute", address="60/minute"),
    "sign_in": RateLimit(person="120/minute", address="120/minute"),
}
