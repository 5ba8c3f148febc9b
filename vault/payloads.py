"""What Temporal stores, sealed with the key of the tenant whose workflow it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, Self

from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from domain.values import Value
from vault.keyring import KeyRing
from vault.sealing import key_id_of, tenant_of

ENCODING = b"binary/encrypted"
KEY_ID = "key-id"
CIM_ID = "cim-id"
DEPLOYMENT = "deployment"
"""The tenant of what belongs to no organisation."""


class Place(Value):
    """Whose a workflow is: the tenant, and the CIM where there is one."""

    tenant: str = DEPLOYMENT
    cim_id: str = ""


class FindsPlaces(Protocol):
    async def place_of(self, workflow_id: str) -> Place: ...


class PayloadSeal(PayloadCodec, WithSerializationContext):
    """Seals inputs, results, signals, updates, queries, memos and failures. What is not sealed is read as it is.

    A sealed payload names its key and its CIM, and opens under no other name.
    """

    def __init__(self, ring: KeyRing, places: FindsPlaces, workflow_id: str = "") -> None:
        self._ring = ring
        self._places = places
        self._workflow_id = workflow_id

    def with_context(self, context: SerializationContext) -> Self:
        known = isinstance(context, (WorkflowSerializationContext, ActivitySerializationContext))
        return type(self)(self._ring, self._places, (context.workflow_id or "") if known else "")

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        place = await self._places.place_of(self._workflow_id)
        key = await self._ring.current(place.tenant)
        metadata = {"encoding": ENCODING, KEY_ID: key.id.encode()}
        if place.cim_id:
            metadata[CIM_ID] = place.cim_id.encode()
        about = place.cim_id.encode()
        return [Payload(metadata=metadata, data=key.seal(payload.SerializeToString(), about)) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Raises a VaultError."""
        return [await opened(self._ring, payload) if is_sealed_payload(payload) else payload for payload in payloads]


async def opened(ring: KeyRing, payload: Payload) -> Payload:
    """What was sealed. Raises a VaultError."""
    return Payload.FromString(await ring.open(payload.data, payload.metadata.get(CIM_ID, b"")))


def is_sealed_payload(payload: Payload) -> bool:
    return payload.metadata.get("encoding") == ENCODING


def place_in(payload: Payload) -> Place:
    """Whose a sealed payload says that it is; it opens only if that is true. Raises BrokenSeal."""
    cim_id = payload.metadata.get(CIM_ID, b"").decode(errors="replace")
    return Place(tenant=tenant_of(key_id_of(payload.data)), cim_id=cim_id)
