"""What ends when somebody loses a role: at once in this process, within seconds in the others."""

from __future__ import annotations

from api.parts import Parts


async def end_access(parts: Parts, user_id: str, org_id: str) -> None:
    """Rights are asked anew and open streams closed, for the person and for the keys that act for the person."""
    await parts.rights.changed(user_id)
    for key in await parts.directory.keys.of(org_id):
        if str(key.created_by) == user_id:
            await parts.rights.changed(str(key.id))
