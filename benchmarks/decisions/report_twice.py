"""The report made twice, in two processes with different hash seeds: same bytes, no address.

Belongs here: bytes, size, CPU seconds and addresses of the page.
Does not belong here: what the page says (`tests/analyses/test_report.py`).
Run: PYTHONPATH=. python benchmarks/decisions/report_twice.py
"""

import hashlib
import os
import re
import subprocess
import sys
import time

from _setting import say_setting

MAKE = (
    "import sys; from tests.analyses.report_fixture import results;"
    " from analyses.report.page import render_report;"
    " sys.stdout.buffer.write(render_report(results()))"
)


def made(seed: str) -> bytes:
    """The report as one process makes it."""
    environment = os.environ | {"PYTHONHASHSEED": seed}
    return subprocess.run(
        [sys.executable, "-c", MAKE], env=environment, capture_output=True, check=True
    ).stdout


def main() -> None:
    """Print whether the bytes are the same, their size, and what the page asks a network for."""
    say_setting("jinja2", "matplotlib")
    first, second = made("1"), made("2")
    print(f"same bytes: {first == second} (sha256 {hashlib.sha256(first).hexdigest()[:16]})")
    asked = re.findall(rb'<link|src="(?!data:)|@import|url\((?!#|data:)', first)
    scripts = first.count(b"<script")
    print(f"{len(first) / 1e3:.0f} kB; {len(asked)} addresses to load from, {scripts} scripts")
    from analyses.report.page import render_report
    from tests.analyses.report_fixture import results

    given = results()
    started = time.process_time()
    render_report(given)
    print(f"one page: {time.process_time() - started:.2f} CPU s")


if __name__ == "__main__":
    main()
