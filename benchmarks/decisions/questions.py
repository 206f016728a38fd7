"""One question to 100 000 simulated rows in a DuckDB file, as a page of the server would ask it.

Belongs here: milliseconds per question by the server. Does not belong here: the pages.
Run: python benchmarks/decisions/questions.py
"""

import statistics
import tempfile
import time
from pathlib import Path

import duckdb
from _setting import say_setting

ROWS, TIMES = 100_000, 50
MAKE = """
create table cases as select i as case_id, 'S' || (i % 40) as site, i * 7919 % 90 as age,
    ['ependymoma', 'astrocytoma', 'haemangioblastoma', 'other'][1 + i * 31 % 4] as histology,
    i * 17 % 3 = 0 as total_resection from range(?) r(i)
"""
ASK = """
select histology, site, count(*) as n, count(*) filter (total_resection) as total
from cases where age between ? and ? group by all order by all
"""


def main() -> None:
    """Print the median and the slowest answer, first with a new connection, then with one kept."""
    say_setting("duckdb")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "snapshot.duckdb"
        with duckdb.connect(str(path)) as con:
            con.execute(MAKE, [ROWS])
        for kept in (False, True):
            own = duckdb.connect(str(path), read_only=True) if kept else None
            spent = []
            for young in range(TIMES):
                started = time.perf_counter()
                con = own or duckdb.connect(str(path), read_only=True)
                answer = con.execute(ASK, [young, young + 30]).fetchall()
                if own is None:
                    con.close()
                spent.append(1e3 * (time.perf_counter() - started))
            name = "one connection kept" if kept else "a new connection each time"
            print(
                f"{ROWS} rows, {len(answer)} groups, {name}: median "
                f"{statistics.median(spent):.1f} ms, slowest {max(spent):.1f} ms"
            )
            if own is not None:
                own.close()


if __name__ == "__main__":
    main()
