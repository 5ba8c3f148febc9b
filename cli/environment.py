"""The settings of the stack that a command works on: what the environment names, else what runs on this machine."""

from __future__ import annotations

import os

from deploy.embedded.places import data_dir
from deploy.embedded.supervisor import RunningStack
from settings import Settings


def settings_here() -> Settings:
    """Raises StackError where the environment names no Supabase and no stack runs."""
    settings = Settings()
    if "supabase_url" in settings.model_fields_set:
        return settings
    running = RunningStack.found_in(data_dir())
    named = {"BOOKRUNNER_AUDIT_FOLDER": str(data_dir() / "audit")} | running.addresses.environment()
    for name, value in named.items():
        os.environ.setdefault(name, value)
    return Settings()
