"""The command of the chaos runs: what it answers with, and the report that it keeps."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from deploy.embedded.steps import Report
from tests.chaos import __main__ as command
from tests.chaos.check import Verdict
from tests.chaos.checks.evidence import Violation
from tests.chaos.checks.rules import ABOUT, Rule
from tests.chaos.report import told
from tests.chaos.run import Figures, Options
from tests.chaos.tree import Tree, tree_of

LOST = Violation(rule="accepted was lost", cim_id="c" * 32, what="a command", expected="it", found="nothing")


def figures(kills: int, *violations: Violation, wanted: int | None = None) -> Figures:
    return Figures(
        options=Options(kills=wanted),
        clocks=True,
        storm_seconds=973.4,
        heal_seconds=1.6,
        faults={"kill": kills, "cut": 3, "clock": 1},
        kills={"api-1": kills},
        recovery_seconds={"api-1": 2.3},
        verdict=Verdict(violations=violations, counts={"commands done": 4098, "reads": 647}),
    )


def answer_of(monkeypatch: pytest.MonkeyPatch, found: Figures, *words: str) -> int:
    """What the command answers with after a storm with these figures."""

    async def stormed(folder: Path, options: Options, report: Report) -> Figures:
        return found.model_copy(update={"options": options})

    monkeypatch.setattr(command, "stormed", stormed)
    monkeypatch.setattr(sys, "argv", ["chaos", *words])
    return command.main()


def test_a_storm_that_kills_fewer_than_asked_for_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer_of(monkeypatch, figures(412), "--kills", "500") == 1
    assert "412 of the 500 kills" in capsys.readouterr().out


def test_a_storm_that_did_what_was_asked_for_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer_of(monkeypatch, figures(501), "--kills", "500") == 0
    assert answer_of(monkeypatch, figures(7)) == 0


def test_a_violation_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer_of(monkeypatch, figures(501, LOST), "--kills", "500") == 1


def test_a_checkout_tells_its_commit_and_whether_that_is_all(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=tmp_path, check=True, capture_output=True)

    assert tree_of(tmp_path) is None
    git("init")
    (tmp_path / "code.py").write_text("first")
    git("add", "code.py")
    git("-c", "user.name=Lea", "-c", "user.email=lea@example.com", "commit", "-m", "First")
    tree = tree_of(tmp_path)
    assert tree == Tree(commit=tree.commit if tree else "", clean=True)
    (tmp_path / "code.py").write_text("second")
    assert tree is not None
    assert tree_of(tmp_path) == Tree(commit=tree.commit, clean=False)


def test_a_report_goes_between_the_marks_and_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page, kept, report = tmp_path / "reliability.md", tmp_path / "chaos" / "report.json", tmp_path / "chaos.json"
    page.write_text("Before.\n\n<!-- storm: begin -->\nold\n<!-- storm: end -->\n\nAfter.\n")
    found = figures(501, wanted=500).model_copy(update={"tree": Tree(commit="a487219" + "0" * 33, clean=True)})
    report.write_text(found.model_dump_json())
    monkeypatch.setattr(command, "PAGE", page)
    monkeypatch.setattr(command, "KEPT", kept)
    assert answer_of(monkeypatch, found, "report", str(report)) == 0
    assert Figures.model_validate_json(kept.read_bytes()) == found
    written = page.read_text()
    assert written.startswith("Before.\n\n<!-- storm: begin -->")
    assert written.endswith("<!-- storm: end -->\n\nAfter.\n")
    assert "old" not in written.partition("after the last fault")[0]
    for figure in ("seed 1", "commit a487219", "973 s", "501", "4,098 done", "647 reads", "3 cuts", "1 set clocks"):
        assert figure in written


def test_a_report_of_before_is_told_without_what_it_lacks() -> None:
    of_before = figures(501).model_dump_json(exclude={"tree", "cores"})
    assert "| | seed 1 |" in told(Figures.model_validate_json(of_before))


def test_the_table_names_what_was_broken_and_what_was_not_done() -> None:
    table = told(figures(412, LOST, LOST, wanted=500))
    assert "accepted was lost 2" in table
    assert "412 of 500 asked for" in table
    assert "| none |" in told(figures(501, wanted=500))


def test_the_table_has_words_for_every_rule() -> None:
    rules = [rule for about in ABOUT.values() for rule in about]
    assert sorted(rules) == sorted(get_args(Rule))
    assert all(words in told(figures(1)) for words in ABOUT)


def test_the_table_does_not_name_what_was_not_looked_for() -> None:
    found = figures(501)
    judged_by = found.verdict.model_copy(update={"rules": ("accepted was lost", "refused left a trace")})
    table = told(found.model_copy(update={"verdict": judged_by}))
    assert "| lost; a trace of what was refused | none |" in table
