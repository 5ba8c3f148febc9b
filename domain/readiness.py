"""What still stands between a book and its completion."""

from __future__ import annotations

from domain.state import CIMContent
from domain.values import ArtifactName, SlideStatus

ARTIFACTS: tuple[ArtifactName, ...] = ("buyer_persona", "hero_context", "outline")


def reasons_not_ready(content: CIMContent) -> list[str]:
    """Sentences without a full stop, one for each thing that is missing, stale or not approved."""
    reasons: list[str] = []
    for name in ARTIFACTS:
        artifact = content.artifact(name)
        if artifact is None:
            reasons.append(f"the {name.replace('_', ' ')} is missing")
        elif artifact.stale_reason is not None:
            reasons.append(f"the {name.replace('_', ' ')} is stale ({artifact.stale_reason.value})")
    by_status = {status: 0 for status in SlideStatus}
    for slide in content.slides.values():
        by_status[slide.status] += 1
    if not content.slides:
        reasons.append("there are no slides")
    if waiting := by_status[SlideStatus.NEEDS_REVIEW]:
        reasons.append(f"{waiting} slides need review")
    if drafts := by_status[SlideStatus.DRAFT]:
        reasons.append(f"{drafts} slides are not approved")
    return reasons
