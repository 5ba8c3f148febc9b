"""What a run did and found, for people."""

from __future__ import annotations

from collections.abc import Mapping

from tests.chaos.check import Verdict
from tests.chaos.run import Figures

MOST_VIOLATIONS_SHOWN = 40


def shown(figures: Figures) -> str:
    """The whole report."""
    kills = sum(figures.kills.values())
    lines = [
        "",
        f"Storm of {figures.storm_seconds:.0f} s, seed {figures.options.seed}: {kills} kills"
        f"{'' if figures.clocks else ' (no C compiler: no clock jumped)'}; at rest {figures.heal_seconds:.0f} s later",
        "",
        *_table(
            "part",
            {
                part: f"{count} kills, longest away {figures.recovery_seconds[part]:.1f} s"
                for part, count in sorted(figures.kills.items())
            },
        ),
        *_table("other faults", {kind: count for kind, count in sorted(figures.faults.items()) if kind != "kill"}),
    ]
    return "\n".join(lines) + shown_verdict(figures.verdict)


def shown_verdict(verdict: Verdict) -> str:
    """What was checked, and every violation."""
    lines = _table("checked", dict(sorted(verdict.counts.items())))
    violations = verdict.violations
    if not violations:
        return "\n".join([*lines, "Nothing lost, nothing doubled, nothing out of order.", ""])
    lines.append(f"{len(violations)} VIOLATIONS")
    lines += [f"- {violation}" for violation in violations[:MOST_VIOLATIONS_SHOWN]]
    if len(violations) > MOST_VIOLATIONS_SHOWN:
        lines.append(f"… and {len(violations) - MOST_VIOLATIONS_SHOWN} more")
    return "\n".join([*lines, ""])


def _table(title: str, rows: Mapping[str, object]) -> list[str]:
    width = max(map(len, [title, *rows]))
    return [title, *(f"  {name:<{width}}  {value}" for name, value in rows.items()), ""]
