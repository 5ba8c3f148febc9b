"""What still stands between a book and its completion."""

from __future__ import annotations

from domain.state import CIMContent
from domain.values import ArtifactName, SlideStatus

ARTIFACTS: tuple[ArtifactName, ...] = ("buyer_persona", "hero_context", "outline")


def reasons_not_ready(content: CIMContent, open_findings: int = 0) -> list[str]:
    """Sentences without a full stop, one for each thing that is missing, stale, not approved or not borne out.

    `open_findings`: figures that the documents contradict or do not bear out, and that nobody has accepted.
    """
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
    if open_findings:
        figures = "1 figure is" if open_findings == 1 else f"{open_findings} figures are"
        reasons.append(
            f"{figures} contradicted or not supported by the documents; they are listed in the findings of the book, "
            "to be corrected or accepted with a reason"
        )
    return reasons
