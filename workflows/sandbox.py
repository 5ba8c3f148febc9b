"""How workflows are run: checked in the SDK's sandbox by tests and replays, without it by the worker that serves."""

from __future__ import annotations

from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = ("activities", "domain", "pydantic", "pydantic_core", "workflows.contract", "workflows.platform")


def checking_runner() -> SandboxedWorkflowRunner:
    """Refuses what is not deterministic, at the price of about a third of the worker's time."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions)


def serving_runner() -> UnsandboxedWorkflowRunner:
    """The same workflows without the checks that they have passed in tests."""
    return UnsandboxedWorkflowRunner()
