"""What ends at once in this process when somebody loses a role."""

from __future__ import annotations

from api.parts import Parts


async def end_access(parts: Parts, user_id: str, org_id: str) -> None:
    """Rights are asked anew, for the person and for the keys that act for the person."""
    parts.grants.forget(user_id)
    for key in await parts.directory.keys.of(org_id):
        if str(key.created_by) == user_id:
            parts.grants.forget(str(key.id))
