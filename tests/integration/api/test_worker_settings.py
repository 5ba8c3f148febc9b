"""What a worker makes of its settings."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import cast

from tests.integration.api.conftest import Site
from worker import open_worker


async def test_a_worker_keeps_as_many_workflows_in_memory_as_it_is_told(site: Site, tmp_path: Path) -> None:
    told = {"worker_cached_workflows": 7, "audit_folder": tmp_path}
    async with open_worker(site.settings.model_copy(update=told), f"cache-{uuid.uuid4().hex}") as worker:
        config = cast("dict[str, object]", worker.config())
        assert config["max_cached_workflows"] == 7
