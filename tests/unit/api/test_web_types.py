"""The workspace's types are made from the API as it is."""

from __future__ import annotations

import json
from pathlib import Path

from api.app import create_app

DESCRIPTION = Path(__file__).resolve().parents[3] / "web" / "openapi.json"


def test_the_committed_description_is_current() -> None:
    described = json.loads(json.dumps(create_app().openapi(), sort_keys=True))
    assert json.loads(DESCRIPTION.read_text()) == described, (
        "run `python -m cli openapi > web/openapi.json` and `npm run types` in web/, and commit both"
    )
