"""A Supabase project with every migration applied and the demonstration people in it, made once and then copied."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from deploy.embedded import people, supabase, tools
from deploy.embedded.people import Directory
from deploy.embedded.places import EMBEDDED, MIGRATIONS, cache_dir, exclusive
from deploy.embedded.services import Runner, free_port
from deploy.embedded.steps import Report


def put_seeded_project(data: Path, report: Report) -> None:
    """Give a data folder its Supabase project where it has none yet."""
    project = supabase.project_in(data)
    if project.exists():
        return
    template = seeded_template(report)
    copying = project.with_suffix(".copying")
    shutil.rmtree(copying, ignore_errors=True)
    shutil.copytree(template, copying)
    copying.replace(project)


def seeded_template(report: Report) -> Path:
    """The project to copy from, made now where it is missing."""
    sources = [*sorted(MIGRATIONS.glob("*.sql")), EMBEDDED / "supabase" / "package-lock.json", Path(people.__file__)]
    template = cache_dir() / "supabase-seeded" / tools.digest(*sources)
    with exclusive(template.with_suffix(".lock")):
        if not template.exists():
            _make(template, report)
    return template


def _make(template: Path, report: Report) -> None:
    report(f"  Making the demonstration people once in {template}")
    with tempfile.TemporaryDirectory(dir=template.parent, ignore_cleanup_errors=True) as folder:
        data = Path(folder)
        runner = Runner(data / "logs")
        try:
            service, url, keys = supabase.service(data, free_port(), report)
            runner.start(service)
            with Directory(url, keys) as directory:
                directory.seed()
        finally:
            runner.close()
        supabase.project_in(data).replace(template)
