"""What readers that guess make of small files with one trap each, beside our reader.

Belongs here: the traps. Does not belong here: whether our reader is right (`tests/assets`).
Run: python benchmarks/decisions/csv_sniffing.py
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
from _setting import say_setting

from assets.readers.delimited import read_delimited
from schemas.profile import FileProfile

SIX = range(1, 7)
TRAPS: dict[str, tuple[list[str], str]] = {
    "leading zeros": (["id", "grade"], "".join(f"00{i},2\n" for i in SIX)),
    "vertebral levels like 3-4-5": (["id", "levels"], "".join(f"c{i},{i}-4-5\n" for i in SIX)),
    "day or month": (["id", "seen"], "".join(f"c{i},0{i}/05/2021\n" for i in SIX)),
    "yes and no": (["id", "biopsy"], "".join(f"c{i},{'yes' if i % 2 else 'no'}\n" for i in SIX)),
    "a third field from line 4 on": (
        ["id", "v"],
        "1,a\n2,b\n" + "".join(f"{i},c,x\n" for i in SIX),
    ),
    "keys that begin with #": (["id", "v"], "#1,a\n#2,b\n" + "".join(f"{i},c\n" for i in SIX)),
    "one row too short": (["id", "v", "w"], "1,2,3\n4,5\n6,7,8\n"),
    "no header": ([], "1,grade_2\n2,grade_3\n3,grade_1\n"),
}


def by_duckdb(path: Path) -> str:
    """What `read_csv` of DuckDB makes of a file."""
    found = duckdb.read_csv(str(path))
    return f"{len(found.fetchall())} rows, " + ", ".join(
        f"{name} {kind}" for name, kind in zip(found.columns, found.types, strict=True)
    )


def by_polars(path: Path) -> str:
    """What `read_csv` of polars makes of a file."""
    found = pl.read_csv(path)
    return f"{found.height} rows, " + ", ".join(f"{n} {t}" for n, t in found.schema.items())


def ours(path: Path) -> str:
    """What the reader of this project makes of a file whose header was declared."""
    header = tuple(TRAPS[path.stem][0]) or ("id", "grade")
    ignored = dict.fromkeys(header, "only the reader is measured")
    profile = FileProfile(file=path.name, header=header, rows=(), ignored=ignored)
    read = read_delimited(path.read_bytes(), profile, None)
    problems = ", ".join(f"{p.rule} line {p.line}" for p in read.problems) or "no problem"
    return f"{read.found} records found, {read.frame.height} go on as text; {problems}"


def attempt(reader: Callable[[Path], str], path: Path) -> str:
    """The reader's account, or its refusal: an error is a fair answer to a trap."""
    try:
        return reader(path)
    except (duckdb.Error, pl.exceptions.PolarsError) as error:
        return f"refused ({type(error).__name__})"


def swapped(path: Path) -> None:
    """Two columns the wrong way round, read under declared names."""
    path.write_text("id,syrinx,cap_sign\nc1,present,absent\n")
    kinds = {"id": "VARCHAR", "cap_sign": "VARCHAR", "syrinx": "VARCHAR"}
    got = duckdb.sql(f"from read_csv('{path}', columns={kinds}, header=true)").fetchall()
    print(f"swapped columns\n  delivered: cap_sign absent; DuckDB: cap_sign {got[0][1]}")
    read = pl.read_csv(path, schema=dict.fromkeys(kinds, pl.String))
    print(f"  polars: cap_sign {read['cap_sign'][0]}")


def main() -> None:
    """Print what each reader makes of each trap."""
    say_setting("duckdb", "polars")
    with tempfile.TemporaryDirectory() as folder:
        for trap, (header, body) in TRAPS.items():
            path = Path(folder) / f"{trap}.csv"
            path.write_text((",".join(header) + "\n" if header else "") + body)
            print(f"{trap} ({body.count(chr(10))} records written)")
            for name, reader in (("DuckDB", by_duckdb), ("polars", by_polars), ("ours", ours)):
                print(f"  {name}: {attempt(reader, path)}")
        swapped(Path(folder) / "swapped.csv")


if __name__ == "__main__":
    main()
