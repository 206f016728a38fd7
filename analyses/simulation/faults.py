"""Planted faults: a simulated registry with rows that break rules, and the list of them.

Belongs here: choosing the rows that are spoilt, and exactly which (row, rule) every one breaks.
Does not belong here: how a row is spoilt (`mutations_imaging`, `mutations_clinical`), finding
broken rows (`warehouse.validation`), faults of files (`assets`).
Rows that hang on a refused row are not listed: they are held back as E_PARENT, not broken.
"""

from dataclasses import dataclass
from itertools import cycle, islice

import numpy as np
import polars as pl

from analyses.simulation.draw import Registry, stream
from analyses.simulation.fault_context import with_context
from analyses.simulation.mutation import Mutation
from analyses.simulation.mutations_clinical import CLINICAL
from analyses.simulation.mutations_imaging import IMAGING
from schemas.tables import BY_NAME

col = pl.col

#: Place of a mutation in the order of all, and the mutation.
Turn = tuple[int, Mutation]

#: Rarest rows first within each: a patient takes part in one fault only.
MUTATIONS: tuple[Mutation, ...] = (*IMAGING, *CLINICAL)


@dataclass(frozen=True)
class PlantedFault:
    """One row that breaks one rule on purpose.

    `key` is the row's key, its values joined by '|'; `column` where the rule reports it; `rows` how
    many delivered rows with that key break it (2 for two versions of one key).
    """

    site: str
    table: str
    key: str
    column: str
    rule: str
    rows: int = 1


def plant_faults(
    registry: Registry, *, seed: int, mutations: int = len(MUTATIONS)
) -> tuple[Registry, list[PlantedFault]]:
    """Spoil rows, a mutation each, spread over the sites; the given registry stays as it is.

    Parameters
    ----------
    registry
        A registry of `simulate_registry`.
    seed
        Seed of the choice of rows.
    mutations
        How many rows to spoil; the kinds come in turn, each once by default.

    Returns
    -------
    tuple[Registry, list[PlantedFault]]
        The spoilt registry, and every (row, rule) that is broken now and was not before, error
        level only. A mutation for which no site has a fitting row of a patient not yet used is
        left out, which happens in registries of few cases.

    Examples
    --------
    >>> from analyses.simulation.registry import simulate_registry
    >>> spoilt, faults = plant_faults(simulate_registry(cases=420, sites=6, seed=7), seed=7)
    >>> len(faults), len({fault.rule for fault in faults})
    (68, 57)
    """
    spoilt = {site: dict(tables) for site, tables in registry.items()}
    planter = Planter(sites=len(spoilt), mutations=mutations, seed=seed)
    # the second round is for what no later site could take
    planted = [planter.spoil(site, tables) for _ in range(2) for site, tables in spoilt.items()]
    return spoilt, [fault for found in planted for fault in found]


class Planter:
    """Spoils site after site: mutation k is the turn of site k, k + sites and so on.

    What a site has no fitting row for waits for the next one.
    """

    def __init__(self, *, sites: int, mutations: int, seed: int) -> None:
        self._turns: list[list[Turn]] = [[] for _ in range(sites)]
        for number, mutation in enumerate(islice(cycle(MUTATIONS), mutations if sites else 0)):
            self._turns[number % sites].append((number, mutation))
        self._waiting: list[Turn] = []
        self._used: set[str] = set()
        self._seed = seed

    def spoil(self, site: str, tables: dict[str, pl.DataFrame]) -> list[PlantedFault]:
        """Spoil rows of the next site, in place."""
        own = self._turns.pop(0) if self._turns else []
        turns, self._waiting = [*self._waiting, *own], []
        planted = []
        for number, mutation in turns:
            rng = stream(self._seed, "faults", site=number)
            found = _plant(site, tables, mutation, rng=rng, used=self._used)
            planted += found
            if not found:
                self._waiting.append((number, mutation))
        return planted


def _plant(
    site: str,
    tables: dict[str, pl.DataFrame],
    mutation: Mutation,
    *,
    rng: np.random.Generator,
    used: set[str],
) -> list[PlantedFault]:
    """Spoil one fitting row of the site, if there is one."""
    table = BY_NAME[mutation.changed_table]
    frame = tables.get(table.name)
    if frame is None:
        return []
    wide = with_context(frame, table.name, tables)
    fits = wide.with_columns(fits=mutation.eligible.fill_null(False))["fits"]
    # every key begins with the patient's pseudonym
    patients = wide[table.key[0]].str.extract("^([^-]+-[^-]+)")
    free = np.flatnonzero((fits & ~patients.is_in(list(used))).to_numpy())
    if not len(free):
        return []
    place = int(free[rng.integers(len(free))])
    used.add(patients[place])
    row = wide[place].with_columns(
        **{name: expr.cast(pl.String) for name, expr in mutation.change.items()}
    )
    if mutation.new_key:
        key = col(table.key[0]).str.replace("[^-]+$", mutation.new_key)
        row = row.with_columns(key.alias(table.key[0]))
    row = row.select(table.names)
    before = frame[: place + 1] if mutation.copy else frame[:place]
    spoilt = pl.concat([before, row, frame[place + 1 :]]).sort(table.key, maintain_order=True)
    tables[table.name] = spoilt
    return [
        PlantedFault(site, mutation.table, key, mutation.column, mutation.rule, mutation.rows)
        for key in _broken_keys(mutation, row, spoilt)
    ]


def _broken_keys(mutation: Mutation, row: pl.DataFrame, spoilt: pl.DataFrame) -> list[str]:
    """Keys of the rows that are broken now: the changed one, what it clashes with, its parent."""
    key = list(BY_NAME[mutation.table].key)
    broken = row
    if mutation.clashes_in:
        broken = spoilt.join(row, on=list(mutation.clashes_in), how="semi", nulls_equal=True)
    return ["|".join(values) for values in broken.select(key).unique(maintain_order=True).rows()]
