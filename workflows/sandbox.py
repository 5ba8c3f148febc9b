"""How workflows are run: in the SDK's sandbox, with our own pure rooms passed through."""

from __future__ import annotations

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = ("activities", "domain", "pydantic", "pydantic_core", "workflows.contract")


def workflow_runner() -> SandboxedWorkflowRunner:
    """The runner that workers and replayers share."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions)
