"""What else a change makes stale, in a sentence for people, before it is made."""

from __future__ import annotations

from collections.abc import Sequence

from domain.cascade import DOWNSTREAM, GOING_BACK
from domain.head import CIMHead
from domain.values import ArtifactName, Stage

NAMES: dict[ArtifactName, str] = {
    "buyer_persona": "buyer persona",
    "hero_context": "hero concept",
    "outline": "outline",
}


def effect_of_saving(head: CIMHead, saved: ArtifactName) -> str:
    """Of a save with new content. Of the outline, it is the slides of changed sections that are touched."""
    slides = 0 if saved == "outline" else _slides(head)
    return _sentence(_present(head, DOWNSTREAM[saved]), slides)


def effect_of_going_back(head: CIMHead, target: Stage) -> str:
    if target.position >= head.stage.position:
        return ""
    return _sentence(_present(head, GOING_BACK[target][1]), _slides(head))


def effect_on_slides(count: int) -> str:
    return _sentence([], count)


def _present(head: CIMHead, names: Sequence[ArtifactName]) -> list[str]:
    views = {
        "buyer_persona": head.artifacts.buyer_persona,
        "hero_context": head.artifacts.hero_context,
        "outline": head.artifacts.outline,
    }
    return [NAMES[name] for name in names if (view := views[name]) is not None and view.stale_reason is None]


def _slides(head: CIMHead) -> int:
    """Those that do not need review anyway."""
    return head.slide_counts.draft + head.slide_counts.approved


def _sentence(artifacts: list[str], slides: int) -> str:
    parts: list[str] = []
    if artifacts:
        parts.append(f"{' and '.join(artifacts)} {'become' if len(artifacts) > 1 else 'becomes'} stale")
    if slides:
        parts.append(f"{slides} {'slide needs' if slides == 1 else 'slides need'} review")
    sentence = "; ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""
