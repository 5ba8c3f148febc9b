"""Addresses that the environment gives; they win over the embedded parts."""

from __future__ import annotations

from pydantic import SecretStr

from deploy.embedded.stack import Addresses, Ports
from deploy.embedded.steps import StackError
from settings import Settings


def given_addresses(settings: Settings) -> Addresses:
    """What was set from outside; the rest is None and will be embedded."""
    given = settings.model_fields_set
    addresses = Addresses(
        temporal_address=settings.temporal_address if "temporal_address" in given else None,
        mongodb_url=settings.mongodb_url.get_secret_value() if "mongodb_url" in given else None,
        master_keys_file=str(settings.master_keys_file) if settings.master_keys_file else None,
    )
    if "supabase_url" not in given:
        return addresses
    if settings.supabase_service_role_key is None or settings.supabase_anon_key is None:
        raise StackError("SUPABASE_URL is set: set SUPABASE_SERVICE_ROLE_KEY and SUPABASE_ANON_KEY as well.")
    return addresses.model_copy(
        update={
            "supabase_url": settings.supabase_url,
            "service_role_key": settings.supabase_service_role_key.get_secret_value(),
            "anon_key": settings.supabase_anon_key.get_secret_value(),
            "jwt_secret": _plain(settings.supabase_jwt_secret),
        }
    )


def wanted_ports(settings: Settings) -> Ports:
    """Ports of the embedded parts."""
    return Ports(
        temporal=settings.temporal_port,
        temporal_ui=settings.temporal_ui_port,
        api=settings.api_port,
        mongodb=settings.mongodb_port,
        supabase=settings.supabase_port,
    )


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
