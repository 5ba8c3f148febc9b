"""An embedded stack of one's own, whose Supabase has further migrations or can be changed past every rule."""

from __future__ import annotations

from collections.abc import Collection, Generator
from contextlib import contextmanager
from pathlib import Path

import httpx

from deploy.embedded import seeding, supabase
from deploy.embedded.stack import ALL_PARTS, Addresses, EmbeddedStack, Part, Ports
from deploy.embedded.steps import say

AS_SUPERUSER = """
create function public.as_superuser(statement text) returns void language plpgsql security definer as $$
begin
  execute statement;
end
$$;
grant execute on function public.as_superuser(text) to service_role;
"""


@contextmanager
def stack_with(folder: Path, sql: str = "", parts: Collection[Part] = ALL_PARTS) -> Generator[EmbeddedStack]:
    """`sql` comes after our own migrations, with `as_superuser(statement)`."""
    data = folder / "data"
    data.mkdir()
    seeding.put_seeded_project(data, say)
    project = supabase.project_in(data)
    (project / "supabase" / "migrations" / "29990101000000_test.sql").write_text(AS_SUPERUSER + sql)
    (project / "applied-migrations").unlink()
    stack = EmbeddedStack(data, Ports.free())
    try:
        stack.start(parts)
        yield stack
    finally:
        stack.close()


def service(addresses: Addresses) -> httpx.Client:
    """PostgREST with the service key."""
    headers = {"apikey": str(addresses.service_role_key), "Authorization": f"Bearer {addresses.service_role_key}"}
    return httpx.Client(base_url=f"{addresses.supabase_url}/rest/v1", headers=headers, timeout=30, trust_env=False)


def as_superuser(addresses: Addresses, *statements: str) -> None:
    with service(addresses) as client:
        for statement in statements:
            client.post("/rpc/as_superuser", json={"statement": statement}).raise_for_status()
