"""`python -m tests.chaos` (make chaos): the product under faults, and whether it kept its word.

`python -m tests.chaos --check FOLDER` judges a history that was kept; `python -m tests.chaos report FILE` puts the
figures of a report into the documents.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from bench.report import between_marks
from deploy.embedded.places import CHECKOUT
from deploy.embedded.steps import StackError, say
from tests.chaos.check import judged_folder
from tests.chaos.report import shown, shown_verdict, told
from tests.chaos.run import Figures, Options, stormed

LONGEST_SECONDS = 1_320.0
PAGE, KEPT, MARK = CHECKOUT / "docs" / "reliability.md", CHECKOUT / "docs" / "chaos" / "report.json", "storm"


def main() -> int:
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument(
        "--seconds",
        type=float,
        help=f"of storm, at most (default {usual.seconds:.0f}; with --kills {LONGEST_SECONDS:.0f})",
    )
    parser.add_argument("--kills", type=int, help="the storm is over when so many parts were killed")
    parser.add_argument("--books", type=int, default=usual.books, help="at once (default %(default)s)")
    parser.add_argument("--clients", type=int, default=usual.clients, help="that send commands (default %(default)s)")
    parser.add_argument("--seed", type=int, default=usual.seed, help="of all chance (default %(default)s)")
    parser.add_argument("--heal-seconds", type=float, default=usual.heal_seconds, help="patience after the storm")
    parser.add_argument("--json", type=Path, help="where the report goes as JSON")
    parser.add_argument("--folder", type=Path, help="for data and history; it stays. Absent: it goes when all is well")
    parser.add_argument("--check", type=Path, metavar="FOLDER", help="judge the history in this folder, and no more")
    parser.add_argument(
        "told", nargs="*", metavar="report FILE", help="a report that was written goes into the documents"
    )
    given = parser.parse_args()
    if given.told:
        if len(given.told) != 2 or given.told[0] != "report":
            parser.error("say `report` and the file of one report")
        return _tell(Path(given.told[1]))
    if given.check is not None:
        verdict = judged_folder(given.check)
        sys.stdout.write(shown_verdict(verdict))
        return 1 if verdict.violations else 0
    names = ("seconds", "kills", "books", "clients", "seed", "heal_seconds")
    wanted = {name: getattr(given, name) for name in names}
    if given.seconds is None:
        wanted["seconds"] = usual.seconds if given.kills is None else LONGEST_SECONDS
    options = Options(**wanted)
    folder: Path = given.folder or Path(tempfile.mkdtemp(prefix="bookrunner-chaos-"))
    say(f"A storm over a product of its own (everything in {folder})")
    try:
        figures = asyncio.run(stormed(folder, options, say))
    except StackError as problem:
        say(f"A part did not come back: {problem}")
        return 1
    sys.stdout.write(shown(figures))
    if given.json is not None:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(figures.model_dump_json(indent=2) + "\n")
    if figures.verdict.violations:
        say(f"The history stays in {folder}; `python -m tests.chaos --check {folder}` judges it again.")
        return 1
    if given.folder is None:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if figures.missing_kills else 0


def _tell(file: Path) -> int:
    """A report into the documents, in the place of the one before."""
    figures = Figures.model_validate_json(file.read_bytes())
    page = between_marks(PAGE.read_text(), MARK, told(figures))
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(figures.model_dump_json(indent=1) + "\n")
    PAGE.write_text(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
