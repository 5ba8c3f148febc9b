"""Supabase lite on PGlite: the same migrations and row-level security as hosted Supabase, in one Node process."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import Self

import httpx
from pydantic import BaseModel, ConfigDict

from deploy.embedded import tools
from deploy.embedded.places import MIGRATIONS
from deploy.embedded.services import HOST, Port, Service
from deploy.embedded.steps import Report, run_step

CONFIG = """\
[api]
port = {port}

[db]
driver = "pglite"
url = "supabase/.temp/data"

[auth]
enabled = true
jwt_secret = "env(BOOKRUNNER_EMBEDDED_JWT_SECRET)"
jwt_expiry = 3600
enable_signup = true
publishable_key = "env(BOOKRUNNER_EMBEDDED_ANON_KEY)"
secret_key = "env(BOOKRUNNER_EMBEDDED_SERVICE_ROLE_KEY)"

[auth.email]
enable_confirmations = false
"""


class Keys(BaseModel):
    """Keys of one embedded Supabase, made once and kept in its data folder."""

    model_config = ConfigDict(frozen=True)

    jwt_secret: str
    anon_key: str
    service_role_key: str

    @classmethod
    def kept_in(cls, file: Path) -> Self:
        """Read the keys, or make them when there are none yet."""
        if file.exists():
            return cls.model_validate_json(file.read_bytes())
        keys = cls(
            jwt_secret=secrets.token_urlsafe(48),
            anon_key=f"sb_publishable_{secrets.token_urlsafe(24)}",
            service_role_key=f"sb_secret_{secrets.token_urlsafe(32)}",
        )
        fresh = file.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(keys.model_dump_json(indent=2))
        fresh.replace(file)
        return keys


def project_in(data: Path) -> Path:
    """Folder of the Supabase project, with its database, in a data folder."""
    return data / "supabase"


def service(data: Path, port: int, report: Report) -> tuple[Service, str, Keys]:
    """The server on `port` with its migrations applied, its URL and its keys."""
    node = str(tools.node(report))
    script = str(tools.supabase_lite(report))
    project = project_in(data)
    migrations = project / "supabase" / "migrations"
    migrations.mkdir(parents=True, exist_ok=True)
    keys = Keys.kept_in(data / "supabase-keys.json")
    (project / "supabase" / "config.toml").write_text(CONFIG.format(port=port))
    env = {
        "LITE_TELEMETRY": "0",
        "BOOKRUNNER_EMBEDDED_JWT_SECRET": keys.jwt_secret,
        "BOOKRUNNER_EMBEDDED_ANON_KEY": keys.anon_key,
        "BOOKRUNNER_EMBEDDED_SERVICE_ROLE_KEY": keys.service_role_key,
    }
    _migrate([node, script, "migration", "up"], project, migrations, env, report)

    def healthy() -> bool:
        try:
            answer = httpx.get(
                f"http://{HOST}:{port}/rest/v1/organizations",
                params={"select": "id", "limit": "1"},
                headers={"apikey": keys.service_role_key},
                timeout=2.0,
                trust_env=False,
            )
        except httpx.TransportError:
            return False
        return answer.is_success

    argv = [node, script, "start", "--no-admin"]
    ports = [Port(port, "BOOKRUNNER_SUPABASE_PORT")]
    hidden = (keys.service_role_key, keys.jwt_secret)
    running = Service("supabase", argv, healthy, env=env, cwd=project, ports=ports, secrets=hidden)
    return running, f"http://{HOST}:{port}", keys


def _migrate(command: list[str], project: Path, migrations: Path, env: dict[str, str], report: Report) -> None:
    files = sorted(MIGRATIONS.glob("*.sql"))
    applied, state = project / "applied-migrations", tools.digest(*files)
    if applied.exists() and applied.read_text() == state:
        return
    for file in files:
        shutil.copy(file, migrations / file.name)
    run_step(
        f"Applying {len(files)} migration(s) to Supabase",
        command,
        log=project / "migrate.log",
        report=report,
        env={**os.environ, **env},
        cwd=project,
    )
    applied.write_text(state)
