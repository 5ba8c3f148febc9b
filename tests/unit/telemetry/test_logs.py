"""Log lines for machines: one object each, with the ids of what is being done."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from telemetry.ids import add_ids, current_ids, identified

SCRIPT = """
import logging
from telemetry.ids import add_ids, identified
from telemetry.logs import configure_logs

configure_logs("{form}", "bookrunner-api")
with identified(request_id="r-1", empty=""):
    add_ids(org_id="o-1", cim_id="c-1")
    logging.getLogger("api").info("said %s", "this\\nand that")
logging.getLogger("api").warning("outside")
logging.getLogger("httpx").info("each call of a library")
try:
    raise ValueError("why")
except ValueError:
    logging.getLogger("api").exception("it failed")
"""


def lines(form: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(form=form)], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stderr.splitlines()


def test_each_line_is_an_object_with_its_ids() -> None:
    inside, outside, failed = [json.loads(line) for line in lines("json")]
    assert inside["message"] == "said this\nand that"
    assert {name: inside[name] for name in ("request_id", "org_id", "cim_id", "service", "level", "logger")} == {
        "request_id": "r-1",
        "org_id": "o-1",
        "cim_id": "c-1",
        "service": "bookrunner-api",
        "level": "INFO",
        "logger": "api",
    }
    assert "empty" not in inside
    assert "request_id" not in outside
    assert "ValueError: why" in failed["exc_info"]


def test_lines_for_people_are_text() -> None:
    said = lines("text")
    assert said[0].endswith("INFO api said this")
    with pytest.raises(json.JSONDecodeError):
        json.loads(said[0])


def test_ids_belong_to_what_is_done_inside() -> None:
    add_ids(cim_id="lost")
    assert current_ids() == {}
    with identified(request_id="r"):
        with identified(request_id="inner"):
            add_ids(cim_id="c")
            assert current_ids() == {"request_id": "inner", "cim_id": "c"}
        assert current_ids() == {"request_id": "r"}
    assert current_ids() == {}
