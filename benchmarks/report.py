"""How long the files of a report take, and how large they are.

Run: `PYTHONPATH=. python benchmarks/report.py [results.json ...]`; without a file, the results of
the tests with the most classes. Each report is made three times in this process, the best counts:
start-up of Python, imports and fonts are not in it. The bar is 5 s for all files, 1 MB for the page
and 1 MB for the PDF.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from analyses.report import render_report, report_files
from analyses.report.pdf import to_pdf

TIMES = 3


def best(task: Any, *given: Any) -> tuple[str, Any]:
    """Seconds of the best run by the clock and of processors, and what came out."""
    took = []
    for _ in range(TIMES):
        began = time.perf_counter(), time.process_time()
        made = task(*given)
        took.append((time.perf_counter() - began[0], time.process_time() - began[1]))
    wall, cpu = (min(each) for each in zip(*took, strict=True))
    return f"{wall:.2f} s ({cpu:.2f} s of processors)", made


def main() -> None:
    """Print seconds and sizes of every report."""
    given = [(Path(name).parent.name, json.loads(Path(name).read_text())) for name in sys.argv[1:]]
    if not given:
        from tests.analyses.real_results import real

        given = [("classes", real("classes"))]
    for name, results in given:
        page, html = best(render_report, results)
        paper, pdf = best(to_pdf, html)
        whole, files = best(report_files, results)
        print(
            f"{name}: page {page}, {len(html) / 1e3:.0f} kB; PDF {paper}, {len(pdf) / 1e3:.0f} kB"
        )
        print(f"  all {len(files)} files {whole}, {sum(map(len, files.values())) / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
