"""`python -m cli namespace` makes what a fresh Temporal server lacks, and nothing twice."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid

from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from deploy.embedded.places import CHECKOUT
from deploy.embedded.sharing import shared_stack
from deploy.embedded.temporal import SEARCH_ATTRIBUTES


def made(address: str, name: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "namespace", "--retention-days", "3"],
        cwd=CHECKOUT,
        env={**os.environ, "TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": name},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


async def test_a_namespace_is_made_once() -> None:
    name = f"made-{uuid.uuid4().hex[:12]}"
    with shared_stack({"temporal"}) as addresses:
        address = addresses.temporal_address or ""
        assert "was made" in made(address, name)
        client = await Client.connect(address, namespace=name)
        known = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=name))
        assert set(SEARCH_ATTRIBUTES) <= set(known.custom_attributes)
        described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=name))
        assert described.config.workflow_execution_retention_ttl.ToTimedelta().days == 3
        assert "nothing was missing" in made(address, name)


def test_a_server_that_is_away_is_told_in_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "namespace"],
        cwd=CHECKOUT,
        env={**os.environ, "TEMPORAL_ADDRESS": "127.0.0.1:9", "TEMPORAL_NAMESPACE": "nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "could not be set up" in done.stderr
    assert "Traceback" not in done.stderr
