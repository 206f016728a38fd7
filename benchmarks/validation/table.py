"""The data of the comparison: the widest table of the dictionary, repeated, with planted faults.

Belongs here: making the store that all three ways read, the same bytes for the same rows.
Does not belong here: any measurement (`against_gx`).
"""

from pathlib import Path

import polars as pl

from analyses.simulation.registry import simulate_registry
from schemas.catalogue import checks_of
from schemas.checks import RangeCheck, RequiredCheck, TextCheck, VocabularyCheck
from schemas.tables import BY_NAME
from warehouse.staging import stage
from warehouse.store import Store

TABLE = BY_NAME["imaging_reads"]
PARENT = BY_NAME["imaging_studies"]
CHECKS = checks_of(TABLE.name)
#: One row in so many is spoilt, each in one cell, the checks in turn.
ONE_IN = 100
_CASES = 20_000
_KEYS = ("read_id", "study_id")


def make_store(path: Path, rows: int, *, is_broken: bool = False) -> None:
    """Write a store that holds `rows` reads and their studies as staged by one delivery.

    With `is_broken` two reads in five break R026: the simulated sites call a cap sign absent where
    no sequence could show it.
    """
    registry = simulate_registry(cases=_CASES, sites=6, seed=1)
    reads = pl.concat(site[TABLE.name] for site in registry.values())
    studies = pl.concat(site[PARENT.name] for site in registry.values())
    studies = studies.join(reads.select("study_id").unique(), on="study_id", how="semi")
    with Store.open(path) as store:
        store.con.execute(
            "insert into received.deliveries (delivery, site, name, profile, provenance, mode,"
            " status) values (1, 'SIM_A', 'bench', 'imsct', 'simulated', 'full', 'received')"
        )
        store.con.execute(
            f"insert into staged.records values (1, 'r', {rows}, {rows}, false, null)"
        )
        done = 0
        while done < rows:
            part = _renamed(reads.head(rows - done), done)
            if not is_broken:
                part = part.with_columns(pl.col("cap_sign").replace("absent", "not_reported"))
            stage(store, TABLE, _placed(_spoilt(part, done), done))
            stage(store, PARENT, _placed(_renamed(studies, done), done))
            done += part.height


def _renamed(frame: pl.DataFrame, done: int) -> pl.DataFrame:
    """The rows under keys of their own, so that no copy repeats another."""
    here = [key for key in _KEYS if key in frame.columns]
    return frame.with_columns(pl.concat_str(pl.col(key), pl.lit(f"-{done}")) for key in here)


def _placed(frame: pl.DataFrame, done: int) -> pl.DataFrame:
    """The rows with delivery, file, record and line."""
    place = pl.int_range(done, done + frame.height, dtype=pl.Int64)
    return frame.with_columns(
        _delivery=pl.lit(1, pl.Int64),
        _row=place,
        _file=pl.lit(f"{frame.columns[0]}.csv"),
        _record=place + 1,
        _line=place + 2,
    )


def _spoilt(frame: pl.DataFrame, done: int) -> pl.DataFrame:
    """One cell of one row in a hundred made wrong: type, code, range or missing, in turn."""
    spoil = [(check.column, text) for check in CHECKS if (text := _wrong_text(check)) is not None]
    turn = pl.int_range(done, done + frame.height)
    which = (turn // ONE_IN) % len(spoil)
    return frame.with_columns(
        pl.when(turn % ONE_IN == 0, which.is_in([n for n, (c, _) in enumerate(spoil) if c == name]))
        .then(which.replace_strict({n: t for n, (_, t) in enumerate(spoil)}))
        .otherwise(pl.col(name))
        .alias(name)
        for name in dict.fromkeys(column for column, _ in spoil)
    )


def _wrong_text(check: object) -> str | None:
    """A text that breaks the check; None for checks over several columns, which are left alone."""
    match check:
        case VocabularyCheck(codes=codes):
            return codes[0] + "x"
        case TextCheck(forbidden=False, column=column) if column not in _KEYS:
            return "1.2.3"
        case RangeCheck(high=high):
            return str(int(high) + 1)
        case RequiredCheck(column=column) if column not in _KEYS:
            return ""
    return None
