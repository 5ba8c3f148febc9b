"""The codec of Temporal's payloads, and whose a workflow is."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import ActivitySerializationContext, WorkflowSerializationContext
from temporalio.exceptions import ApplicationError

from vault import BrokenSeal, KeyRing, KeysDestroyed
from vault.payloads import CIM_ID, KEY_ID, PayloadSeal, Place, is_sealed_payload, place_in
from workflows.contract import Entry
from workflows.converter import data_converter
from workflows.places import WorkflowPlaces

from .shelves import MemoryShelf, local, masters

ORGS = {"cim1": "org1", "cim2": "org2"}
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"Project Bluecan"')


class Orgs:
    async def org_of(self, cim_id: str) -> str:
        return ORGS[cim_id]


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing(MemoryShelf(), local(masters("m1")))


@pytest.fixture
def seal(ring: KeyRing) -> PayloadSeal:
    return PayloadSeal(ring, WorkflowPlaces(Orgs()))


def within(workflow_id: str) -> WorkflowSerializationContext:
    return WorkflowSerializationContext(namespace="default", workflow_id=workflow_id)


@pytest.mark.parametrize(
    ("workflow_id", "place"),
    [
        ("cim/org1/cim1", Place(tenant="org1", cim_id="cim1")),
        ("run/cim2/r1", Place(tenant="org2", cim_id="cim2")),
        ("agent/cim1/a/b", Place(tenant="org1", cim_id="cim1")),
        ("thread/cim1/main", Place(tenant="org1", cim_id="cim1")),
        ("ingest/cim1/s1", Place(tenant="org1", cim_id="cim1")),
        ("export/cim2/e1", Place(tenant="org2", cim_id="cim2")),
        ("deployment/org2/d1", Place(tenant="org2")),
        ("temporal-sys-worker-deployment", Place()),
        ("", Place()),
    ],
)
async def test_whose_a_workflow_is(workflow_id: str, place: Place) -> None:
    assert await WorkflowPlaces(Orgs()).place_of(workflow_id) == place


async def test_a_payload_is_sealed_for_the_tenant_of_its_workflow(seal: PayloadSeal) -> None:
    [sealed] = await seal.with_context(within("run/cim2/r1")).encode([PLAIN])
    assert is_sealed_payload(sealed)
    assert sealed.metadata[KEY_ID] == b"org2/1"
    assert place_in(sealed) == Place(tenant="org2", cim_id="cim2")
    assert b"Bluecan" not in sealed.SerializeToString()
    assert await seal.decode([sealed]) == [PLAIN]


async def test_an_activity_seals_like_its_workflow(seal: PayloadSeal) -> None:
    context = ActivitySerializationContext("default", "1", "record", "q", "cim/org1/cim1", "CIMWorkflow", True)
    [sealed] = await seal.with_context(context).encode([PLAIN])
    assert place_in(sealed) == Place(tenant="org1", cim_id="cim1")


async def test_what_was_never_sealed_is_read_as_it_is(seal: PayloadSeal) -> None:
    assert await seal.decode([PLAIN]) == [PLAIN]


async def test_a_payload_cannot_be_passed_off_as_one_of_another_book(seal: PayloadSeal) -> None:
    [sealed] = await seal.with_context(within("cim/org1/cim1")).encode([PLAIN])
    sealed.metadata[CIM_ID] = b"cim3"
    with pytest.raises(BrokenSeal):
        await seal.decode([sealed])


async def test_histories_of_a_destroyed_tenant_stay_closed(ring: KeyRing, seal: PayloadSeal) -> None:
    inside = seal.with_context(within("cim/org1/cim1"))
    sealed = await inside.encode([PLAIN])
    await ring.destroy("org1")
    with pytest.raises(KeysDestroyed):
        await inside.decode(sealed)
    with pytest.raises(KeysDestroyed):
        await inside.encode([PLAIN])


async def test_messages_and_traces_of_errors_are_sealed(seal: PayloadSeal) -> None:
    converter = data_converter(seal).with_context(within("cim/org1/cim1"))
    failure = Failure()
    try:
        raise ValueError("Bluecan is for sale")
    except ValueError as cause:
        error = ApplicationError("no Bluecan", {"title": "Bluecan"}, type="Kept")
        error.__cause__ = cause
        await converter.encode_failure(error, failure)
    assert b"Bluecan" not in failure.SerializeToString()
    assert b"test_payloads" not in failure.SerializeToString()
    back = await converter.decode_failure(failure)
    assert isinstance(back, ApplicationError)
    assert (back.message, back.type, back.details) == ("no Bluecan", "Kept", ({"title": "Bluecan"},))
    assert "Bluecan is for sale" in str(back.__cause__)


async def test_what_cannot_be_understood_is_not_repeated_in_the_error(seal: PayloadSeal) -> None:
    """Workers log such errors: a signal by hand, or something written by a later version."""
    converter = data_converter(seal).with_context(within("cim/org1/cim1"))
    payloads = await converter.encode([{"actor": {"kind": "user", "id": "lea"}, "command": {"title": "Bluecan"}}])
    with pytest.raises(ValidationError) as refused:
        await converter.decode(payloads, [Entry])
    assert "Bluecan" not in str(refused.value)
    assert "input_value" not in str(refused.value)
