"""The workspace tried in a real Chromium: web/e2e against a product of its own, or the one at BOOKRUNNER_WEB_URL."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

from deploy import web
from deploy.embedded import tools
from deploy.embedded.people import TEAMS
from deploy.embedded.product import fresh_product
from deploy.embedded.steps import StackError, say
from tests.providers.server import Provider, serving
from tests.providers.talks import talking

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PROJECTS = ("together", "alone")
SPOKEN = TEAMS[1]
"""Talks of this organisation are answered as tests/providers/talks.py says, everything else by the built-in model."""


def main() -> int:
    """Arguments go to Playwright, such as the name of a test file."""
    browser = os.environ.get("BOOKRUNNER_CHROMIUM") or next(
        (found for name in BROWSERS if (found := shutil.which(name))), None
    )
    if browser is None:
        say("LEFT OUT: no Chromium here to try the workspace in. Install chromium, or set BOOKRUNNER_CHROMIUM.")
        return 0
    try:
        web.build(say)
        web.weigh(say)
        if "BOOKRUNNER_WEB_URL" in os.environ:
            return _playwright({"BOOKRUNNER_CHROMIUM": browser})
        with (
            serving(Provider(answering=talking)) as provider,
            fresh_product(**spoken_by(provider)) as (running, data),
        ):
            return _playwright(
                {
                    "BOOKRUNNER_CHROMIUM": browser,
                    "BOOKRUNNER_WEB_URL": running.api_url or "",
                    "BOOKRUNNER_WEB_DATA": str(data),
                    "BOOKRUNNER_WEB_SPOKEN": SPOKEN.organization,
                }
            )
    except StackError as problem:
        say(str(problem))
        return 1


def spoken_by(provider: Provider) -> dict[str, str]:
    """Settings of a product in which the provider talks with the people of one organisation."""
    models = {SPOKEN.row_id("organization"): {"work": {"chat": {"model": "openai:talks"}}}}
    return {
        **provider.environment(),
        "BOOKRUNNER_TENANT_MODELS": json.dumps(models),
        "BOOKRUNNER_PRICES": json.dumps({"openai:talks": {"input": 2, "output": 10}}),
    }


def _playwright(environment: dict[str, str]) -> int:
    """Tests that kill parts or measure come after all others, one by one: they would disturb them."""
    command = [str(tools.node(say)), "node_modules/@playwright/test/cli.js", "test", "--pass-with-no-tests"]
    env = {**web.node_environment(say), "BOOKRUNNER_WEB_PYTHON": sys.executable, **environment}
    return max(
        subprocess.run([*command, *sys.argv[1:], f"--project={which}"], cwd=web.WEB, env=env, check=False).returncode
        for which in PROJECTS
    )


if __name__ == "__main__":
    sys.exit(main())
