"""What a run did and found, for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from tests.chaos.check import Verdict
from tests.chaos.checks.evidence import Violation
from tests.chaos.checks.rules import ABOUT
from tests.chaos.run import Figures
from tests.chaos.site import APIS, WORKERS

MOST_VIOLATIONS_SHOWN = 40
PARTS = {
    "API processes": APIS,
    "workers": WORKERS,
    "Temporal": ("temporal",),
    "FerretDB": ("mongodb",),
    "Supabase": ("supabase",),
}
OTHER_FAULTS = {
    "cut": "cuts",
    "hold": "holds",
    "delay": "delays",
    "disk_full": "full disks",
    "clock": "set clocks",
}


def shown(figures: Figures) -> str:
    """The whole report."""
    lines = [
        "",
        f"Storm of {figures.storm_seconds:.0f} s, seed {figures.options.seed}: {figures.all_kills} kills"
        f"{'' if figures.clocks else ' (no C compiler: no clock jumped)'}; at rest {figures.heal_seconds:.0f} s later",
        *([_too_few(figures)] if figures.missing_kills else []),
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


def told(figures: Figures) -> str:
    """The table of the documents, in Markdown."""
    counts = Counter(figures.verdict.counts)
    wanted = f" of {figures.options.kills} asked for" if figures.missing_kills else ""
    away = {part: max(figures.recovery_seconds.get(name, 0.0) for name in names) for part, names in PARTS.items()}
    rows = {
        "storm": f"{figures.storm_seconds:,.0f} s; at rest {figures.heal_seconds:.0f} s after the last fault",
        "kills": f"{figures.all_kills}{wanted}: {_listed(_kills_of(figures, part) for part in PARTS)}",
        "longest away, with the start": _listed(f"{part} {seconds:.1f} s" for part, seconds in away.items()),
        "other faults": _listed(f"{figures.faults.get(kind, 0)} {name}" for kind, name in OTHER_FAULTS.items()),
        "commands": f"{counts['commands done']:,} done; {counts['commands refused']:,} refused; "
        f"{counts['commands unknown']:,} without an answer, of which {counts['commands unknown, and there once']:,} "
        f"are there once; {counts['commands accepted (202) that nothing refuses']:,} answered 202 that nothing refuses",
        "read": f"{counts['events in logs']:,} events in logs, {counts['events heard by listeners']:,} heard by "
        f"listeners, {counts['reads']:,} reads",
    }
    if "books deleted" in counts:
        rows["deleted"] = f"{counts['books deleted']} books, {counts['calls after a deletion']:,} calls afterwards"
    rows["; ".join(_judged(figures.verdict))] = _found(figures.verdict.violations)
    head = f"| | {_where(figures)} |\n|---|---|\n"
    return head + "".join(f"| {name} | {value} |\n" for name, value in rows.items())


def _too_few(figures: Figures) -> str:
    return f"ONLY {figures.all_kills} of the {figures.options.kills} kills that were asked for: the time was over"


def _where(figures: Figures) -> str:
    cores = f"{figures.cores} cores, " if figures.cores is not None else ""
    tree = figures.tree
    commit = f", commit {tree.commit[:7]}{'' if tree.clean else ' with changes'}" if tree is not None else ""
    return f"{cores}seed {figures.options.seed}{commit}"


def _kills_of(figures: Figures, part: str) -> str:
    return f"{part} {' and '.join(str(figures.kills.get(name, 0)) for name in PARTS[part])}"


def _judged(verdict: Verdict) -> list[str]:
    """What was looked for, in a few words each."""
    return [words for words, rules in ABOUT.items() if verdict.rules is None or set(rules) & set(verdict.rules)]


def _found(violations: Iterable[Violation]) -> str:
    rules = Counter(violation.rule for violation in violations)
    return _listed(f"{rule} {count}" for rule, count in sorted(rules.items())) or "none"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def _table(title: str, rows: Mapping[str, object]) -> list[str]:
    width = max(map(len, [title, *rows]))
    return [title, *(f"  {name:<{width}}  {value}" for name, value in rows.items()), ""]
