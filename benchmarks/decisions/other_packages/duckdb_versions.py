"""Which versions of DuckDB read each other's files, and which have their extensions as packages.

Belongs here: 1.5.5 beside 2.0.0. Does not belong here: speed.
Run: python benchmarks/decisions/other_packages/duckdb_versions.py
"""

import tempfile
from pathlib import Path

from rooms import ask, pip, room

WRITE = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('create table t as select 1 v')"
READ = "import duckdb, sys; print(duckdb.connect(sys.argv[1]).execute('from t').fetchall())"
LAKE = """
import duckdb, duckdb_extension_ducklake, pathlib, sys
kept = pathlib.Path(duckdb_extension_ducklake.__file__).parent
con = duckdb.connect()
con.execute(f"load '{next(kept.rglob('*.duckdb_extension'))}'")
lake = sys.argv[1] + "/lake"
con.execute(f"attach 'ducklake:{lake}.ducklake' as lake (data_path '{lake}')")
con.execute("create table lake.t as select 1 as v")
print(con.execute("from lake.t").fetchall())
"""
EXTENSIONS = ("ducklake", "postgres-scanner", "httpfs")


def main() -> None:
    """Print who opens whose files, and which extension packages exist."""
    with tempfile.TemporaryDirectory() as folder, room("duckdb==1.5.5") as old:
        with room("duckdb==2.0.0") as new:
            by_old, by_new = str(Path(folder) / "old.duckdb"), str(Path(folder) / "new.duckdb")
            ask(old, WRITE, by_old)
            ask(new, WRITE, by_new)
            print(f"2.0.0 opens a file of 1.5.5: {ask(new, READ, by_old)}")
            print(f"1.5.5 opens a file of 2.0.0: {ask(old, READ, by_new)}")
        for version in ("1.5.5", "1.5.6", "2.0.0"):
            found = [
                name
                for name in EXTENSIONS
                if not pip(
                    old, "download", "--no-deps", "--no-cache-dir", "-d", folder,
                    f"duckdb-extension-{name}=={version}",
                ).returncode
            ]  # fmt: skip
            print(f"extension packages of {version}: {', '.join(found) or 'none'}")
        pip(old, "install", "duckdb-extension-ducklake==1.5.5")
        print(f"DuckLake from its package on 1.5.5: {ask(old, LAKE, folder)}")


if __name__ == "__main__":
    main()
