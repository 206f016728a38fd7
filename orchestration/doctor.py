"""The doctor: whether machine, program and home are as the line needs them.

Belongs here: what is looked at on the machine and in the program.
Does not belong here: what it finds wrong in data (`warehouse.verification`), making or mending.
Nothing is made or changed, no lock is taken, nothing leaves the machine.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from orchestration.findings import Finding
from orchestration.provenance import LOCK_NAME, ROOT
from warehouse.home import Home

_GIB = 1 << 30
#: The demo took 0.7 GiB of memory (measured); below this a larger registry may not fit.
_ENOUGH_MEMORY = 2 * _GIB
_ENOUGH_DISK = 2 * _GIB
#: Below this the next delivery, or the record of a run, may find no place.
_LEAST_DISK = 64 << 20
_NEEDED_PYTHON = (3, 11)


def examine(home: Home) -> list[Finding]:
    """Everything about the machine and the program; about the home where there is one."""
    findings = [*_machine(home), *_program()]
    if not home.ledger.is_dir():
        findings.append(
            Finding(
                about="home",
                status="note",
                found=f"no home at {home.path}",
                remedy="'imsct init' makes one",
            )
        )
        return findings
    from orchestration.doctor_home import examine_home

    return [*findings, *examine_home(home)]


def _machine(home: Home) -> Iterator[Finding]:
    """Processors, memory, room at the home."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    yield Finding(about="processors", status="ok", found=str(cores))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    yield _enough("memory", memory, _ENOUGH_MEMORY, "a registry of some thousand cases may not fit")
    place = next(p for p in (home.path, *home.path.parents) if p.exists())
    yield _room(shutil.disk_usage(place).free)


def _room(free: int) -> Finding:
    """Room on the disk of the home: without any, nothing can be taken in."""
    if free < _LEAST_DISK:
        return Finding(
            about="free disk",
            status="problem",
            found=f"the disk is full: {free / (1 << 20):.0f} MiB free",
            remedy="make room, then repeat what was refused; what is kept and published is whole",
            exit_code=3,
        )
    return _enough("free disk", free, _ENOUGH_DISK, "make room, or set keep_snapshots")


def _enough(about: str, found: int, needed: int, remedy: str) -> Finding:
    """An amount against what is comfortable."""
    if found >= needed:
        return Finding(about=about, status="ok", found=_gib(found))
    shown = f"{_gib(found)}, less than {_gib(needed)}"
    return Finding(about=about, status="warning", found=shown, remedy=remedy)


def _gib(amount: int) -> str:
    """An amount of bytes for a person."""
    return f"{amount / _GIB:.1f} GiB"


def _program() -> Iterator[Finding]:
    """Python, packages against the lock, the engine, the browser that only tests need."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= _NEEDED_PYTHON:
        yield Finding(about="python", status="ok", found=version)
    else:
        needed = ".".join(map(str, _NEEDED_PYTHON))
        yield Finding(
            about="python",
            status="problem",
            found=version,
            remedy=f"{needed} or newer is needed",
            exit_code=3,
        )
    yield _packages(ROOT / LOCK_NAME)
    yield _engine()
    if shutil.which("chromium") is None:
        yield Finding(
            about="chromium", status="note", found="not there; only tests of pages need it"
        )


def _packages(lock: Path) -> Finding:
    """Installed packages against the lock."""
    if not lock.is_file():
        found = f"no {LOCK_NAME} beside the program; versions were not compared"
        return Finding(about="packages", status="note", found=found)
    locked: dict[str, set[str]] = {}
    pinned = r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==([^ ;\\]+)"
    for name, version in re.findall(pinned, lock.read_text(encoding="utf-8"), re.MULTILINE):
        locked.setdefault(_plain(name), set()).add(version)
    installed = {_plain(d.metadata["Name"]): d.version for d in metadata.distributions()}
    compared = sorted(set(installed) & set(locked))
    differing = [
        f"{name} {installed[name]} instead of {' or '.join(sorted(locked[name]))}"
        for name in compared
        if installed[name] not in locked[name]
    ]
    if differing:
        return Finding(
            about="packages",
            status="warning",
            found=f"{len(differing)} of {len(compared)} not as locked: {', '.join(differing[:5])}",
            remedy="results name the lock; install it anew: make setup",
        )
    return Finding(about="packages", status="ok", found=f"{len(compared)} as locked")


def _plain(name: str) -> str:
    """A package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _engine() -> Finding:
    """DuckDB in the one version that files and extensions are made for."""
    needed = next(
        (
            r.partition("==")[2]
            for r in metadata.requires("imsct") or []
            if r.startswith("duckdb==")
        ),
        None,
    )
    found = metadata.version("duckdb")
    if needed is None or found == needed:
        return Finding(about="duckdb", status="ok", found=found)
    return Finding(
        about="duckdb",
        status="problem",
        found=f"{found} instead of {needed}",
        remedy="its files could not be opened by the other one; make setup",
        exit_code=3,
    )
