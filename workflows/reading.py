"""Submissions out of signals, of whatever version. The SDK drops what it cannot read; a command must not go."""

from __future__ import annotations

from temporalio import workflow
from temporalio.api.common.v1 import Payload

from domain.values import Value
from workflows.contract import Proof, Submission


class NewerSubmission(Exception):
    """An API of a later version handed over a command that this worker does not know. It ends the task and not the
    workflow: the server gives the task to workers until one of them knows the command."""


class _Handed(Value):
    standby: Proof


class _HandedOver(Value):
    """What every version reads of a submission. Only the API signs for a command that may have to wait."""

    entries: tuple[_Handed, ...]


def submission_in(payload: Payload) -> Submission | None:
    """None for what cannot be read and no API handed over, such as a slip of the hand. Raises NewerSubmission."""
    converter = workflow.payload_converter()
    try:
        return converter.from_payload(payload, Submission)
    except (ValueError, KeyError) as error:
        if _is_handed_over(payload):
            raise NewerSubmission("a command of a version that is newer than this worker") from error
        workflow.logger.warning("a submission that cannot be read is left: %s", type(error).__name__)
        return None


def _is_handed_over(payload: Payload) -> bool:
    try:
        sent: _HandedOver = workflow.payload_converter().from_payload(payload, _HandedOver)
    except (ValueError, KeyError):
        return False
    return bool(sent.entries) and all(entry.standby for entry in sent.entries)
