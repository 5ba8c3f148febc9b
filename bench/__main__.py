"""`python -m bench` (make bench): how fast it is, beside the bare Temporal update, DBOS, Restate and LangGraph.

`--only saves,runs` measures some suites, `--quick` all of them roughly; `python -m bench report out/bench.json` draws
the plots of a report and prints its page.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import reduce
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import get_args

import httpx
from temporalio.client import Client
from temporalio.exceptions import TemporalError
from temporalio.service import RPCError

from bench.books import Desk
from bench.growth import QUICK_GROWTH, Growth, GrowthSuite
from bench.model import Model
from bench.ours import OurSuites
from bench.report import OURS, SUITES, Report, Suite, between_marks, joined, judge, page, show
from bench.suites import QUICK, Size, Suites
from bench.systems import Bare, GraphOfSteps, Ours, peers
from deploy.embedded import tools
from deploy.embedded.places import CHECKOUT
from deploy.embedded.product import fresh_product
from deploy.embedded.steps import StackError, say
from deploy.embedded.supervisor import RunningStack
from tests.providers.server import Provider, serving
from workflows.converter import data_converter

PACKAGES = ("temporalio", "pymongo", "fastapi", "pydantic", "langgraph", "uvicorn")
PEER_PACKAGES = ("dbos", "restate-sdk", "langgraph-checkpoint-postgres")
COUNTED_BUT_NOT_BOUND = json.dumps(
    {kind: {"person": "1000000/minute", "tenant": "1000000/minute"} for kind in ("read", "write", "costly")}
)
"""What each call is counted for stays a part of it."""
BY_THEMSELVES = (f"words of {OURS}", f"runs of {OURS}")
FAULTS = (OSError, EOFError, RuntimeError, TimeoutError, httpx.HTTPError, TemporalError, RPCError)
PAGE, DRAWINGS = CHECKOUT / "docs" / "performance.md", CHECKOUT / "docs" / "bench"


async def measure(
    running: RunningStack, data: Path, folder: Path, model: Model, suites: Sequence[Suite], quick: bool
) -> Report:
    began = time.perf_counter()
    assert running.api_url is not None
    assert running.addresses.temporal_address is not None
    lead = next(person for person in running.addresses.people() if person.role == "lead")
    size, growth = (QUICK, QUICK_GROWTH) if quick else (Size(), Growth())
    client = await Client.connect(running.addresses.temporal_address, data_converter=data_converter())
    floor = Bare(client)
    try:
        async with Desk.open(running.api_url, lead) as desk:
            ours = Ours(desk, running, data)
            with peers(running, folder, lead.access_token, lead.user_id) as (others, absent):
                systems = [floor, ours, *others]
                measuring = (
                    compared := Suites(systems, GraphOfSteps(floor), size),
                    OurSuites(desk, client, model, size),
                    GrowthSuite(desk, running, client, growth),
                )
                for name in suites:
                    for part in _parts(name, measuring):
                        say(f"  {time.perf_counter() - began:5.0f} s  {SUITES[name]} …")
                        try:
                            await part()
                        except FAULTS as error:
                            absent[f"{name}, all or in part"] = repr(error)
                durable = {system.name: system.durable for system in systems}
    finally:
        floor.close()
    report = Report(
        cores=os.cpu_count() or 0,
        machine=platform.machine(),
        python=platform.python_version(),
        rounds=size.rounds,
        seconds=round(time.perf_counter() - began),
        versions={name: number for name in (*PACKAGES, *PEER_PACKAGES) if (number := _version(name))},
        durable=durable,
        absent={**absent, **{name: why for name, why in compared.absent.items() if name not in BY_THEMSELVES}},
        figures=tuple(figure for each in measuring for figure in each.figures),
    )
    return report.model_copy(update={"verdicts": judge(report)})


def _parts(suite: Suite, measuring: Sequence[object]) -> list[Callable[[], Awaitable[None]]]:
    found = [getattr(each, suite, None) for each in measuring]
    return [part for part in found if part is not None]


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _tell(files: Sequence[Path]) -> int:
    """A report and its plots into the documents; what was measured again later takes the place of what was before."""
    from bench.plots import draw

    report = reduce(joined, [Report.model_validate_json(file.read_bytes()) for file in files])
    told = page(report, draw(report, DRAWINGS))
    (DRAWINGS / "report.json").write_text(report.model_dump_json(indent=1) + "\n")
    PAGE.write_text(between_marks(PAGE.read_text(), "report", told))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", default="", help="suites, by comma: " + ", ".join(SUITES))
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--json", type=Path, default=Path("out/bench.json"), help="where the report goes")
    parser.add_argument(
        "told",
        nargs="*",
        metavar="report FILE",
        help="reports that were written go into the documents, a later one in the place of what it measured again",
    )
    given = parser.parse_args()
    if given.told:
        if given.told[0] != "report" or len(given.told) == 1:
            parser.error("say `report` and the files of at least one report")
        return _tell([Path(file) for file in given.told[1:]])
    chosen = [suite for suite in get_args(Suite) if not given.only or suite in given.only.split(",")]
    try:
        tools.bench_packages(say)
    except StackError as problem:
        say(f"The systems to measure beside are not here: {problem}")
    say("Measuring on a stack of its own …")
    model = Model()
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        serving(Provider(answering=model.answering)) as provider,
    ):
        settings = {**provider.environment(), "BOOKRUNNER_MODEL": "openai:bench"}
        with fresh_product(**settings, BOOKRUNNER_RATE_LIMITS=COUNTED_BUT_NOT_BOUND) as (running, data):
            report = asyncio.run(measure(running, data, Path(folder), model, chosen, given.quick))
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(report.model_dump_json(indent=2) + "\n")
    show(report)
    sys.stdout.flush()
    os._exit(0 if all(verdict.holds for verdict in report.verdicts) else 1)


if __name__ == "__main__":
    sys.exit(main())
