"""Counts in sentences and curves: warnings, groups of refits, ends of a calibration curve.

Belongs here: what of them a confidential page leaves out.
Does not belong here: the rule (`analyses.disclosure`), other counts (`analyses.report.release`).
"""

import re
from typing import Any

from analyses.disclosure import SMALLEST_SHOWN

_OF = re.compile(r"\bIn (\d+) of (\d+) cases\b")
_SHARE = re.compile(r"(?P<name>[^\s,:()]+) \(\d+ %\)")
FEW = "In some of the cases"


def withhold_said(page: dict[str, Any]) -> None:
    """Rewrite warnings that tell a small count, or a share from which one can be worked out."""
    told = {
        row["column"]
        for row in page["cohort"]["missingness"]
        if isinstance(row["missing"], int) and isinstance(row["recorded"], int)
    }
    for warning in page["warnings"]:
        said = warning["message"]
        said = _OF.sub(lambda m: m[0] if _is_told(int(m[1]), int(m[2])) else FEW, said)
        if warning["code"] == "mostly_missing":
            said = _SHARE.sub(lambda m: m[0] if m["name"] in told else m["name"], said)
        warning["message"] = said


def _is_told(n: int, of: int) -> bool:
    """Whether neither a count nor what is left of its total is small."""
    return not {n, of - n} & set(range(1, SMALLEST_SHOWN))


def withhold_groups(model: dict[str, Any]) -> None:
    """Leave out groups of refits where one is small: they add up to all cases."""
    unstable = model.get("instability") or {}
    if any(row["n"] < SMALLEST_SHOWN for row in unstable.get("groups") or []):
        unstable["groups"] = []


def cut_smooth(curve: dict[str, Any]) -> None:
    """Cut a smooth curve at the first and last group shown: its ends are single patients' risks."""
    ends = [group["mean_risk"] for group in curve.get("bins") or []]
    points = curve.get("smooth") or []
    curve["smooth"] = [p for p in points if ends and ends[0] <= p["risk"] <= ends[-1]]
