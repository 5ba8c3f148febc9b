"""What is done with tests that fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.python_tests import MOST_TRIED_AGAIN, run_in

UNSTEADY = """
from pathlib import Path

def test_only_the_second_time():
    tried = Path(__file__).with_suffix(".tried")
    again = tried.exists()
    tried.touch()
    assert again
"""
BROKEN = "import pytest\n\n@pytest.mark.parametrize('n', range({}))\ndef test_never(n):\n    assert False\n"
SOUND = "def test_always():\n    pass\n"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p xdist\n")
    (tmp_path / "test_sound.py").write_text(SOUND)
    return tmp_path


def test_what_passes_at_the_second_try_is_told_by_name(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (checkout / "test_unsteady.py").write_text(UNSTEADY)
    assert run_in(checkout) == 0
    told = capfd.readouterr().err
    assert "UNSTEADY, passed at the second try only:\n     test_unsteady.py::test_only_the_second_time\n" in told


def test_what_fails_twice_has_failed(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (checkout / "test_broken.py").write_text(BROKEN.format(1))
    (checkout / "test_unsteady.py").write_text(UNSTEADY)
    assert run_in(checkout) == 1
    told = capfd.readouterr().err
    assert "2 failed; tried once more, alone" in told
    assert "UNSTEADY" not in told


def test_many_failures_are_not_tried_again(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (checkout / "test_broken.py").write_text(BROKEN.format(MOST_TRIED_AGAIN + 1))
    assert run_in(checkout) == 1
    assert "once more" not in capfd.readouterr().err
