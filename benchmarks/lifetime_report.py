"""The comparison of lifetime values in words.

``work`` is all but the imports and the writing of results; ``user`` the same without the system's seconds, most of which go
into laying out fresh memory and depend on what ran before.
"""

from __future__ import annotations

from typing import Any

AIMS = {"lifetimes": 25.0, "pymc": 15.0}  # times less processor time, at LARGE customers
LARGE, AIM_MEMORY, AIM_PARETO = 1_000_000, 0.60, 100.0
OURS = "workbook"


def report(found: dict[str, Any]) -> str:
    """The table of one comparison; ratios are how often the workbook's time goes into another's."""
    runs: dict[str, Any] = found["of"]
    steps = list(next(iter(runs.values()))["steps"])
    low, high = found["load"]
    rows = [
        f"\n{found['model']}: {found['customers']:,} customers, {found['transactions']:,} transactions; processor seconds, "
        f"median of {found['runs']} runs in turn; load of the machine {low:.1f} to {high:.1f}",
        f"{'':10}" + "".join(f"{step:>11}" for step in steps) + f"{'work':>8}{'user':>7}{'process':>9}{'peak MB':>9}{'work':>8}{'user':>7}{'process':>9}{'memory':>8}",
    ]
    base = runs.get(OURS)
    for name, one in runs.items():
        row = f"{name:10}" + "".join(f"{one['steps'][step]:11.2f}" for step in steps)
        row += f"{one['work']:8.2f}{one['work_user']:7.2f}{one['cpu_seconds']:9.2f}{one['peak_mb']:9.0f}"
        if base:
            row += f"{one['work'] / base['work']:7.1f}x{one['work_user'] / base['work_user']:6.1f}x{one['cpu_seconds'] / base['cpu_seconds']:8.1f}x{one['peak_mb'] / base['peak_mb']:7.1f}x"
        rows.append(row)
    for name, one in runs.items():
        told = [f"{kind} {', '.join(f'{key} {value:.6g}' for key, value in fit.items())}" for kind, fit in one["fits"].items()]
        told += [f"{key.replace('_', ' ')} {one[key]:.6f}" for key in one if key.endswith("_log_likelihood")]
        rows.append(f"{name:10}" + "; ".join(told))
    for name, one in found["apart"].items():
        rows.append(f"{name} differs at most by " + ", ".join(f"{what} {size:.1e}" for what, size in one.items()))
    return "\n".join(rows)


def verdict(found: dict[str, Any]) -> str:
    """Whether the answers are the same, and whether the aims are met."""
    runs = found["of"]
    lines = ["" if found["equal"] else "THE ANSWERS DIFFER by more than fits and months explain."]
    if OURS not in runs:
        return lines[0]
    ours = runs[OURS]
    for name in AIMS.keys() & runs.keys():
        if found["model"] == "pareto_nbd" and name == "lifetimes":
            lines.append(_aim("Pareto/NBD fit", name, runs[name]["steps"]["fit orders"] / ours["steps"]["fit orders"], AIM_PARETO))
        elif found["model"] == "bgnbd" and found["customers"] >= LARGE:
            lines.append(_aim("work", name, runs[name]["work"] / ours["work"], AIMS[name]))
            lines.append(_aim("work, user", name, runs[name]["work_user"] / ours["work_user"], AIMS[name]))
            lines.append(_aim("whole process", name, runs[name]["cpu_seconds"] / ours["cpu_seconds"], AIMS[name]))
            share = ours["peak_mb"] / runs[name]["peak_mb"]
            lines.append(f"memory: {share:.0%} of {name}, aim {AIM_MEMORY:.0%}: {'met' if share <= AIM_MEMORY else 'MISSED'}.")
    return "\n".join(line for line in lines if line)


def _aim(what: str, name: str, ratio: float, aim: float) -> str:
    return f"{what}: {ratio:.1f} times less processor time than {name}, aim {aim:.0f}: {'met' if ratio >= aim else 'MISSED'}."
