"""The release that the API tells is that of the project."""

from __future__ import annotations

import tomllib
from pathlib import Path

from api.app import create_app

PROJECT = Path(__file__).resolve().parents[3] / "pyproject.toml"


def test_the_api_tells_the_release_of_the_project() -> None:
    assert create_app().version == tomllib.loads(PROJECT.read_text())["project"]["version"]
