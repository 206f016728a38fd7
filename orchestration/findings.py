"""Findings: what the doctor says of one thing, and how a list of them is shown.

Belongs here: the form of a finding, text, JSON and exit code of many.
Does not belong here: what is looked at (`orchestration.doctor`, `orchestration.doctor_home`).
"""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from schemas.errors import ImsctError
from schemas.showing import counted

Status = Literal["ok", "note", "warning", "problem"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """How one thing is; `remedy` where it is not well, `exit_code` of a problem."""

    about: str
    status: Status
    found: str
    remedy: str = ""
    exit_code: int = 0


def from_error(about: str, error: ImsctError) -> Finding:
    """What an error says of a thing; its message has the remedy."""
    return Finding(about=about, status="problem", found=str(error), exit_code=error.exit_code)


def exit_code_of(findings: list[Finding]) -> int:
    """0 where nothing stands in the way, else that of the worst problem."""
    return max((finding.exit_code for finding in findings), default=0)


def examined_as_text(findings: list[Finding]) -> str:
    """One line each, then a sum."""
    width = max(len(finding.about) for finding in findings)
    lines = [
        f"{f.status:<8}{f.about:<{width}}  {f.found}" + (f"; {f.remedy}" if f.remedy else "")
        for f in findings
    ]
    problems = sum(finding.status == "problem" for finding in findings)
    warnings = sum(finding.status == "warning" for finding in findings)
    return "\n".join([*lines, f"{counted(problems, 'problem')}, {counted(warnings, 'warning')}"])


def examined_as_json(findings: list[Finding]) -> str:
    """One JSON document."""
    listed = [
        {key: value for key, value in asdict(finding).items() if key != "exit_code"}
        for finding in findings
    ]
    return json.dumps({"findings": listed}, indent=1, ensure_ascii=False)
