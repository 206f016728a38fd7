"""Drawing and writing: random streams, thresholds, text columns.

Belongs here: the small vectorised helpers every part of the generator uses.
Does not belong here: any number about tumours (`parameters`, `sign_parameters`).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.filling import say_not_recorded
from schemas.table import Table

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: Site id to table name to the delivered rows, all text.
Registry = dict[str, dict[str, pl.DataFrame]]

#: Every part draws from its own stream, so that a change in one leaves the others as they were.
STAGES = (
    "site",
    "cases",
    "tumour",
    "plan",
    "surgery",
    "course",
    "function",
    "studies",
    "reads",
    "signs",
    "measurements",
    "pathology",
    "treatments",
    "faults",
    "details",
    "radiomics",
    "entry",
)


def stream(seed: int, stage: str, *, site: int = 0) -> np.random.Generator:
    """Independent generator of one stage at one site."""
    key = (site, STAGES.index(stage))
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def logit(p: NDArray[np.float64]) -> Floats:
    """Log odds; 0 and 1 stay finite."""
    kept = np.clip(p, 1e-9, 1 - 1e-9)
    odds: Floats = np.log(kept / (1 - kept))
    return odds


def expit(x: NDArray[np.float64]) -> Floats:
    """Probability of log odds."""
    p: Floats = 1.0 / (1.0 + np.exp(-x))
    return p


def choose(u: Floats, shares: NDArray[np.float64]) -> Ints:
    """Category of each uniform number; `shares` has shape (n, k) or (k,), rows sum to 1."""
    table = np.broadcast_to(np.atleast_2d(shares), (len(u), np.shape(shares)[-1]))
    edges = np.cumsum(table, axis=1)[:, :-1]
    place: Ints = (u[:, None] >= edges).sum(axis=1).astype(np.int64)
    return place


def by_group(values: Sequence[float], group: Ints) -> Floats:
    """Value of each row's group."""
    found: Floats = np.asarray(values, dtype=np.float64)[group]
    return found


def nth_of(owner: Ints) -> Ints:
    """Place 1, 2, ... of each row among the rows of its owner; `owner` is sorted."""
    if len(owner) == 0:
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    lengths = np.diff(np.r_[starts, len(owner)])
    place: Ints = np.arange(len(owner)) - np.repeat(starts, lengths) + 1
    return place


def codes(values: Sequence[str], place: Ints | Bools, *, where: Bools | None = None) -> pl.Series:
    """Text of coded places, empty where `where` is false."""
    text = pl.Series(list(values), dtype=pl.String).gather(np.asarray(place, dtype=np.uint32))
    return text if where is None else keep(text, where)


def keep(text: pl.Series, where: Bools, other: str = "") -> pl.Series:
    """The text where the condition holds, else `other`."""
    if where.all():
        return text
    return pl.select(
        pl.when(pl.Series(where)).then(text).otherwise(pl.lit(other, dtype=pl.String))
    ).to_series()


def whole(values: Ints | Floats, *, where: Bools | None = None) -> pl.Series:
    """Whole numbers as text."""
    text = pl.Series(np.asarray(values).astype(np.int64)).cast(pl.String)
    return text if where is None else keep(text, where)


def decimal(values: Floats, digits: int, *, where: Bools | None = None) -> pl.Series:
    """Decimal numbers as text, rounded; empty where they are NaN or `where` is false."""
    filled = np.isfinite(values)
    if where is not None:
        filled = filled & where
    text = pl.Series(np.round(np.where(filled, values, 0.0), digits)).cast(pl.String)
    return keep(text, filled)


def labelled(prefix: pl.Series, infix: str, number: Ints, *, width: int) -> pl.Series:
    """Identifiers: prefix, infix and a number padded with zeros."""
    padded = pl.Series(number).cast(pl.String).str.zfill(width)
    return pl.select(pl.concat_str(prefix, pl.lit(infix), padded)).to_series()


def text_frame(
    table: Table, columns: Mapping[str, pl.Series | str], *, height: int
) -> pl.DataFrame:
    """Delivered text of a table: its columns in dictionary order, rows sorted by key.

    A column that is not given says that nothing was recorded, where it must be filled, and is empty
    elsewhere; one given as text is the same in every row.
    """
    strange = sorted(set(columns) - set(table.names))
    if strange:
        raise ValueError(f"{table.name}: no such columns: {strange}")

    def filled(name: str) -> pl.Series:
        value = columns.get(name, "")
        if isinstance(value, pl.Series):
            return value.alias(name)
        return pl.Series(name, [value], dtype=pl.String).new_from_index(0, height)

    frame = pl.DataFrame([filled(name) for name in table.names])
    made = {name: pl.col(name) for name in table.names}
    silent = [name for name in table.names if name not in columns]
    frame = frame.with_columns(**say_not_recorded(table.columns, made, silent=silent))
    return frame.sort(table.key, maintain_order=True)
