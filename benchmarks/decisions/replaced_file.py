"""A DuckDB file replaced at one path, and a second process at the writer's file.

Belongs here: what a reader with an open handle sees, and what a second process is told.
Does not belong here: our snapshots (`tests/warehouse/test_snapshots.py`).
Run: python benchmarks/decisions/replaced_file.py
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
from _setting import say_setting


def make(path: Path, value: int) -> None:
    """A database with one value."""
    with duckdb.connect(str(path)) as con:
        con.execute(f"create table t as select {value} as v")


def seen(con: duckdb.DuckDBPyConnection) -> object:
    """The value that a connection sees."""
    row = con.execute("select v from t").fetchone()
    assert row is not None
    return row[0]


def elsewhere(path: Path, mode: str) -> str:
    """What another process gets that opens the same file."""
    code = (
        "import duckdb, sys\n"
        "try: con = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == 'read')\n"
        "except duckdb.Error as error: sys.exit(print(str(error).split('\"')[0]))\n"
        "print(con.execute('select v from t').fetchone()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), mode], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def main() -> None:
    """Print what each reader sees after the replacement, and what a second process is told."""
    say_setting("duckdb")
    with tempfile.TemporaryDirectory() as folder:
        path, new = Path(folder) / "published.duckdb", Path(folder) / "new.duckdb"
        make(path, 1)
        make(new, 2)
        reader = duckdb.connect(str(path), read_only=True)
        print(f"before: {seen(reader)}")
        new.replace(path)
        print("after the file at this path was replaced by one that holds 2, no error raised:")
        print(f"  the open connection sees {seen(reader)}")
        with duckdb.connect(str(path), read_only=True) as again:
            print(f"  a new connection of the same process sees {seen(again)}")
        print(f"  another process sees {elsewhere(path, 'read')}")
        reader.close()
        writer = duckdb.connect(str(path))
        print("while one process has the file open for writing, another that opens it")
        print(f"  to write: {elsewhere(path, 'write')}")
        print(f"  to read:  {elsewhere(path, 'read')}")
        writer.close()


if __name__ == "__main__":
    main()
