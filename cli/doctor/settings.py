"""What can be told from the settings alone."""

from __future__ import annotations

import os
import shutil
from typing import get_args
from urllib.parse import urlsplit

from agents.failures import ModelNotConfigured
from agents.models import ModelChooser
from audit.shipping import DEFAULT_FOLDER
from cli.doctor.remark import Remark, fails, ok, warns
from domain.spending import EVIDENCE_ONLY, ModelChoice, Work
from settings import Settings
from vault import LocalMasterKeys, NoMasterKeys, VaultError

LEAST_FREE_BYTES = 2_000_000_000
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
WORKS: tuple[Work, ...] = get_args(Work)
SOMEBODY = "00000000-0000-0000-0000-000000000000"


def settings_remarks(settings: Settings) -> list[Remark]:
    return [
        _master_keys(settings),
        _assertions(settings),
        _people(settings),
        *_models(settings),
        _audit_folder(settings),
    ]


def _master_keys(settings: Settings) -> Remark:
    part = "master keys"
    try:
        masters = LocalMasterKeys.given(settings.master_keys, settings.master_key, settings.master_keys_file)
        return ok(part, f"`{masters.current}` wraps the keys of tenants.")
    except (NoMasterKeys, VaultError) as error:
        return fails(part, str(error), "Set BOOKRUNNER_MASTER_KEYS (docs/encryption.md says how to make one).")


def _assertions(settings: Settings) -> Remark:
    part = "proofs"
    if settings.assertion_keys:
        return ok(part, "API and workers sign who sends a command with keys of their own.")
    if settings.supabase_service_role_key is None:
        return fails(part, "There is nothing to sign proofs with.", "Set BOOKRUNNER_ASSERTION_KEYS.")
    return warns(
        part,
        "Proofs are signed with a key that follows from the service role key.",
        "Set BOOKRUNNER_ASSERTION_KEYS, the same for API and workers.",
    )


def _people(settings: Settings) -> Remark:
    part = "demonstration"
    is_local = urlsplit(settings.supabase_url).hostname in LOOPBACK and settings.api_host in LOOPBACK
    if settings.demo_people and not is_local:
        return fails(
            part, "The sign-in offers passwords of demonstration people to others.", "Unset BOOKRUNNER_DEMO_PEOPLE."
        )
    return ok(part, "Nobody but this machine is offered a demonstration person.")


def _models(settings: Settings) -> list[Remark]:
    part = "models"
    chooser = ModelChooser(ModelChoice(model=settings.model), settings.models, settings.tenant_models, settings.prices)
    names: set[str] = set()
    for org_id in (SOMEBODY, *settings.tenant_models):
        for work in WORKS:
            try:
                chosen = chooser.model_for(org_id, work)
            except ModelNotConfigured as error:
                return [fails(part, str(error), "See docs/operations.md, Models.")]
            if chosen.price is None and not chosen.is_free and settings.budgets:
                return [
                    warns(
                        part,
                        f"Nobody has said what {chosen.name} costs, so budgets cannot hold it.",
                        "Set BOOKRUNNER_PRICES.",
                    )
                ]
            names.add(chosen.name)
    if names == {EVIDENCE_ONLY}:
        says = "Only the built-in evidence-only model writes and answers."
        return [warns(part, says, "Set BOOKRUNNER_MODEL for a language model (docs/operations.md, Models).")]
    return [ok(part, f"{', '.join(sorted(names))} can be asked.")]


def _audit_folder(settings: Settings) -> Remark:
    part = "audit folder"
    folder = settings.audit_folder or DEFAULT_FOLDER
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not os.access(there, os.W_OK):
        return fails(
            part, f"{folder} cannot be written.", "Set BOOKRUNNER_AUDIT_FOLDER to a folder that outlives the process."
        )
    free = shutil.disk_usage(there).free
    if free < LEAST_FREE_BYTES:
        return warns(part, f"{folder} has {free / 1e9:.1f} GB left.", "Make room, or set BOOKRUNNER_AUDIT_FOLDER.")
    return ok(part, f"{folder} takes entries; {free / 1e9:.0f} GB are free.")
