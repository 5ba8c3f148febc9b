"""CIMWorkflow on a real Temporal server."""

from __future__ import annotations

import asyncio
import base64
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.converter import PayloadCodec
from temporalio.service import RPCError

from domain.commands import Complete, Delete, Rename, Reopen, Restore, detach_bulk
from domain.decide import decide
from domain.evolve import fold
from domain.permissions import Role
from domain.state import CIMState
from domain.values import Actor, Stage
from workflows.cim import CIMWorkflow
from workflows.contract import ACCESS_RETRY
from workflows.converter import data_converter

from .conftest import LEA, Desk

TRIES_FOR_ACCESS = ACCESS_RETRY.maximum_attempts


async def test_an_update_answers_with_its_events_when_they_are_recorded(desk: Desk) -> None:
    async with desk.worker():
        created = await desk.create()
        assert (created.rev, [event.type for event in created.events]) == (1, ["cim_created"])
        [saved] = await desk.execute(desk.save_persona())
        assert [event.type for event in saved.events] == ["buyer_persona_saved", "stage_completed", "stage_entered"]
        assert [event.seq for event in desk.store.log[desk.cim_id]] == [1, 2, 3, 4]
        assert desk.store.batches[-1].head.stage is Stage.HERO_CONCEPT


async def test_a_signal_takes_the_same_path(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        await desk.signal(desk.save_persona(), desk.save_hero())
        await desk.until_recorded(7)
        state = await desk.handle.query(CIMWorkflow.state)
        assert state is not None
        assert state.content.stage is Stage.OUTLINE


async def test_every_command_is_handled_once_over_both_transports(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        command = desk.save_persona()
        [first] = await desk.execute(command)
        await desk.signal(command)
        [again] = await desk.execute(command)
        assert (again.repeated, again.rev, again.events) == (True, first.rev, ())
        assert (again.first_seq, again.last_seq) == (2, 4)
        assert len(desk.store.log[desk.cim_id]) == 4


async def test_refusals_are_answered_for_each_command(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        results = await desk.execute(
            Rename(type="rename", command_id=uuid.uuid4(), title="New", expected_rev=0),
            Rename(type="rename", command_id=uuid.uuid4(), title="New", expected_rev=1),
            desk.approve("none"),
        )
        assert [result.problem.code if result.problem else None for result in results] == [
            "old_rev",
            None,
            "unknown_slide",
        ]
        assert [event.type for event in desk.store.log[desk.cim_id]] == ["cim_created", "renamed"]


@pytest.mark.parametrize("person", ["vi", "stranger"])
async def test_nobody_changes_a_book_without_the_right(desk: Desk, person: str) -> None:
    async with desk.worker():
        await desk.create()
        actor = Actor(kind="user", id=person)
        [refused] = await desk.execute(desk.save_persona(), actor=actor)
        assert refused.problem is not None
        assert refused.problem.code == "forbidden"
        await desk.signal(desk.save_persona(), actor=actor)
        await desk.execute(desk.navigate(Stage.WELCOME))
        assert len(desk.store.log[desk.cim_id]) == 1


async def test_a_grant_serves_until_it_expires(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        for _ in range(3):
            await desk.execute(desk.save_slide())
        assert desk.access.questions == 1


async def test_a_removed_person_is_refused_when_the_grant_is_over(client: Client) -> None:
    desk = Desk(client)
    desk.access.lifetime = desk.access.lifetime / 600
    async with desk.worker():
        await desk.create()
        desk.access.roles["lea"] = None
        await asyncio.sleep(0.2)
        [refused] = await desk.execute(desk.save_persona())
        assert refused.problem is not None
        assert refused.problem.code == "forbidden"


async def test_while_access_is_down_updates_are_refused_and_signals_wait(desk: Desk) -> None:
    desk.access.lifetime = desk.access.lifetime / 600
    async with desk.worker():
        await desk.create()
        await asyncio.sleep(0.2)
        desk.access.is_down = True
        [refused] = await desk.execute(desk.save_persona())
        assert refused.problem is not None
        assert refused.problem.code == "access_unavailable"
        await desk.signal(desk.save_persona())
        await asyncio.sleep(0.5)
        desk.access.is_down = False
        await desk.until_recorded(4)


async def test_a_list_is_not_carried_on_after_rights_could_not_be_checked(desk: Desk) -> None:
    desk.access.lifetime = desk.access.lifetime / 600
    async with desk.worker():
        await desk.create()
        await asyncio.sleep(0.2)
        desk.access.failures_left = TRIES_FOR_ACCESS
        results = await desk.execute(desk.save_persona(), desk.save_hero())
        assert [result.problem and result.problem.code for result in results] == ["access_unavailable"] * 2
        assert len(desk.store.log[desk.cim_id]) == 1


async def test_what_was_carried_out_is_told_also_while_access_is_down(desk: Desk) -> None:
    desk.access.lifetime = desk.access.lifetime / 600
    async with desk.worker():
        await desk.create()
        command = desk.save_persona()
        [first] = await desk.execute(command)
        await asyncio.sleep(0.2)
        desk.access.is_down = True
        [again] = await desk.execute(command)
        assert (again.problem, again.repeated, again.rev) == (None, True, first.rev)
        assert (again.first_seq, again.last_seq) == (2, 4)


async def test_many_at_once_are_recorded_in_few_batches(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        await desk.execute(desk.save_outline("a"))
        before = len(desk.store.batches)
        answers = await asyncio.gather(*(desk.execute(*(desk.save_slide() for _ in range(10))) for _ in range(6)))
        assert all(result.problem is None for results in answers for result in results)
        assert len(desk.store.batches) - before <= 6
        seqs = [event.seq for event in desk.store.log[desk.cim_id]]
        assert seqs == list(range(1, len(seqs) + 1))


async def test_a_worker_may_stop_between_commands(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        await desk.execute(desk.save_persona())
    waiting = asyncio.ensure_future(desk.execute(desk.save_hero()))
    await asyncio.sleep(0.3)
    async with desk.worker():
        [saved] = await waiting
        assert saved.rev == 7
        state = await desk.handle.query(CIMWorkflow.state)
        assert state is not None
        assert state.rev == 7


async def test_the_store_may_be_away_for_a_while(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        desk.store.is_down = True
        waiting = [asyncio.ensure_future(desk.execute(desk.save_slide(section_id="a"))) for _ in range(3)]
        waiting.append(asyncio.ensure_future(desk.execute(desk.save_persona())))
        await asyncio.sleep(1)
        state: CIMState | None = await desk.handle.query(CIMWorkflow.state)
        assert state is not None
        assert state.rev == 4
        desk.store.is_down = False
        results = [result for [result] in await asyncio.gather(*waiting)]
        assert results[-1].rev == 4
        assert [event.seq for event in desk.store.log[desk.cim_id]] == [1, 2, 3, 4]


async def test_an_unexpected_error_in_an_activity_is_retried(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        desk.store.failures_left = 4
        [saved] = await desk.execute(desk.save_persona())
        assert saved.rev == 4


async def test_when_the_log_disagrees_the_workflow_reads_it_again_and_goes_on(desk: Desk) -> None:
    """What was signalled is accepted for good, and handled again; who waits for an answer is told to send again."""
    async with desk.worker():
        await desk.create()
        began = (await desk.handle.describe()).run_id
        desk.store.conflicts = True
        persona, outline = desk.save_persona(), desk.save_outline("a")
        await desk.signal(outline)
        with pytest.raises(WorkflowUpdateFailedError):
            await desk.execute(persona)
        desk.store.conflicts = False
        [saved] = await desk.execute(persona)
        assert saved.problem is None
        async with asyncio.timeout(30):
            while outline.command_id not in {event.command_id for event in desk.store.log[desk.cim_id]}:
                await asyncio.sleep(0.05)
        [again] = await desk.execute(persona)
        assert again.repeated
        state = await desk.handle.query(CIMWorkflow.state)
        assert state == fold(desk.store.log[desk.cim_id])
        assert (await desk.handle.describe()).run_id == began


async def test_what_another_process_recorded_counts(desk: Desk) -> None:
    """As when a worker is lost after it has recorded, and what it was asked is handled in another order."""
    async with desk.worker():
        await desk.create()
        await desk.execute(desk.save_outline("a"))
        log = desk.store.log[desk.cim_id]
        state = await desk.handle.query(CIMWorkflow.state)
        elsewhere = desk.save_slide("elsewhere")
        light, _ = detach_bulk(elsewhere)
        log.extend(decide(state, light, LEA, datetime.now(UTC), lambda: uuid.uuid4().hex))
        await desk.signal(desk.save_slide("signalled"))
        async with asyncio.timeout(30):
            while "signalled" not in {event.slide_id for event in log if event.type == "slide_saved"}:
                await asyncio.sleep(0.05)
        [saved] = await desk.execute(desk.save_slide("saved"))
        assert saved.rev == len(log)
        [again] = await desk.execute(elsewhere)
        assert again.repeated
        after = await desk.handle.query(CIMWorkflow.state)
        assert after == fold(log)
        assert after is not None
        assert set(after.content.slides) == {"elsewhere", "signalled", "saved"}


async def test_restore_brings_an_earlier_revision_back(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        await desk.execute(desk.save_persona(), desk.save_hero(), desk.save_outline("a"), desk.save_slide("s1"))
        state = await desk.handle.query(CIMWorkflow.state)
        assert state is not None
        await desk.execute(desk.save_persona("sponsor"), desk.save_slide("s2"))
        [restored] = await desk.execute(Restore(type="restore", command_id=uuid.uuid4(), to_seq=state.rev))
        assert restored.problem is None
        after = await desk.handle.query(CIMWorkflow.state)
        assert after is not None
        assert after.content == state.content
        assert set(after.content.slides) == {"s1"}


async def test_continue_as_new_while_commands_arrive(client: Client) -> None:
    desk = Desk(client, continue_after_events=60)
    async with desk.worker():
        await desk.create()
        await desk.execute(desk.save_outline("a"))
        repeated = desk.save_slide("s0")
        await desk.execute(repeated)

        async def clerk(name: str) -> None:
            for n in range(20):
                [result] = await desk.execute(desk.save_slide(f"{name}{n}"))
                assert result.problem is None

        await asyncio.gather(
            *(clerk(f"clerk{n}x") for n in range(4)),
            *(desk.signal(desk.save_slide(f"signal{n}")) for n in range(40)),
        )
        await desk.until_recorded(3 + 1 + 1 + 80 + 40)
        described = await desk.handle.describe()
        assert described.raw_description.workflow_execution_info.first_run_id != described.run_id
        [again] = await desk.execute(repeated)
        assert again.repeated
        slide_ids = {event.slide_id for event in desk.store.log[desk.cim_id] if event.type == "slide_saved"}
        assert len(slide_ids) == 121
        assert desk.access.questions == 1


async def test_a_finished_book_closes_when_idle_and_opens_again(client: Client) -> None:
    desk = Desk(client, idle_close_seconds=0.3)
    async with desk.worker():
        await desk.create()
        persona = desk.save_persona()
        await desk.execute(persona, desk.save_hero(), desk.save_outline("a"), desk.save_slide("s1"))
        [_, completed] = await desk.execute(desk.approve("s1"), Complete(type="complete", command_id=uuid.uuid4()))
        assert completed.problem is None
        async with asyncio.timeout(10):
            await desk.handle.result()
        reopened = await desk.start_with(Reopen(type="reopen", command_id=uuid.uuid4()))
        assert reopened.problem is None
        assert reopened.rev == completed.rev + 1
        [again] = await desk.execute(persona)
        assert again.repeated


async def test_a_deleted_book_leaves_a_tombstone(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        await desk.execute(desk.save_persona())
        [deleted] = await desk.execute(Delete(type="delete", command_id=uuid.uuid4()))
        assert deleted.problem is None
        assert [event.type for event in desk.store.log[desk.cim_id]] == ["cim_deleted"]
        await desk.handle.result()
        after = await desk.start_with(desk.save_persona())
        assert after.problem is not None
        assert after.problem.code == "unknown_cim"


async def test_a_command_to_a_book_that_never_was_closes_again(desk: Desk) -> None:
    async with desk.worker():
        refused = await desk.start_with(desk.save_persona())
        assert refused.problem is not None
        assert refused.problem.code == "unknown_cim"
        await desk.handle.result()
        described = await desk.handle.describe()
        assert described.status is WorkflowExecutionStatus.COMPLETED


async def test_people_see_in_the_ui_what_the_book_waits_for(desk: Desk, client: Client) -> None:
    async with desk.worker():
        await desk.create("Project Bluecan")
        await desk.execute(desk.save_persona(), desk.save_hero(), desk.save_outline("a"), desk.save_slide("s1"))
        await desk.execute(desk.navigate(Stage.OUTLINE))
        metadata = await desk.handle.query("__temporal_workflow_metadata")
        text = str(metadata)
        assert "Project Bluecan" in text
        assert "1 need review" in text
        history = await desk.handle.query(CIMWorkflow.history_of, "outline")
        assert [change.type for change in history] == ["outline_saved"]
        async with asyncio.timeout(10):
            query = f'WorkflowId = "{desk.id}" AND CimStage = "outline" AND StaleSlides = 1 AND OrgId = "org1"'
            while not [found async for found in client.list_workflows(query)]:
                await asyncio.sleep(0.1)


async def test_a_malformed_submission_changes_nothing(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        with pytest.raises((WorkflowUpdateFailedError, RPCError)):
            await desk.handle.execute_update(  # pyright: ignore[reportUnknownMemberType]
                "execute", {"entries": [{"command": {"type": "nonsense"}}]}
            )
        await desk.handle.signal("submit", {"entries": "nonsense"})
        [saved] = await desk.execute(desk.save_persona())
        assert saved.rev == 4


async def test_no_bulk_text_stays_in_the_state(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        await desk.execute(desk.save_outline("a"))
        secret = "a long body " * 400
        await desk.execute(desk.save_slide("s1", text=secret), actor=Actor(kind="user", id="ed"))
        state = await desk.handle.query(CIMWorkflow.state)
        assert state is not None
        assert "a long body" not in state.model_dump_json()
        [(_, body)] = desk.store.bodies.items()
        assert secret.strip() in body
        assert desk.access.roles["ed"] is Role.EDITOR


class _Scrambling(PayloadCodec):
    """Stands for encryption: what the server keeps is not what was sent."""

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [Payload(metadata={"encoding": b"x"}, data=payload.SerializeToString()[::-1]) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [Payload.FromString(payload.data[::-1]) for payload in payloads]


async def test_everything_passes_through_the_codec(temporal_address: str) -> None:
    client = await Client.connect(temporal_address, data_converter=data_converter(_Scrambling()))
    desk = Desk(client)
    async with desk.worker():
        await desk.create("Project Bluecan")
        await desk.signal(desk.save_persona("strategic"))
        await desk.until_recorded(4)
        history = (await desk.handle.fetch_history()).to_json()
        for plain in ("Project Bluecan", "strategic"):
            assert plain not in history
            assert base64.b64encode(plain.encode()).decode()[:12] not in history
