"""The stack of the test run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from deploy.embedded.sharing import shared_stack
from deploy.embedded.stack import Addresses

from .control import Control, new_control


@pytest.fixture(scope="session")
def addresses() -> Iterator[Addresses]:
    with shared_stack() as found:
        yield found


@pytest.fixture
async def control(addresses: Addresses, tmp_path: Path) -> AsyncIterator[Control]:
    async with new_control(addresses, tmp_path / "fleet") as found:
        yield found
