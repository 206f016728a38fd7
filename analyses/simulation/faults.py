"""Planted faults: a simulated registry with rows that break rules, and the list of them.

Belongs here: choosing the rows that are spoilt, and exactly which (row, rule) every one breaks.
Does not belong here: how a row is spoilt (`mutations_imaging`, `mutations_clinical`), finding
broken rows (`warehouse.validation`), faults of files (`assets`).
Rows that hang on a refused row are not listed: they are held back as E_PARENT, not broken.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import cycle

import numpy as np
import polars as pl

from analyses.simulation.draw import Registry, stream
from analyses.simulation.fault_context import with_context
from analyses.simulation.mutation import Mutation
from analyses.simulation.mutations_clinical import CLINICAL
from analyses.simulation.mutations_imaging import IMAGING
from analyses.simulation.mutations_warnings import WARNINGS
from schemas.checks import Severity
from schemas.tables import BY_NAME

col = pl.col

#: Place of a mutation in the order of all, and the mutation.
Turn = tuple[int, Mutation]

#: Rarest rows first within each: a patient takes part in one fault only.
MUTATIONS: tuple[Mutation, ...] = (*IMAGING, *CLINICAL)
#: Those that rules refuse, then those that they warn of.
ALL_MUTATIONS: tuple[Mutation, ...] = (*MUTATIONS, *WARNINGS)


@dataclass(frozen=True)
class PlantedFault:
    """One row that breaks one rule on purpose.

    `mistake` counts what was done wrong from 1 on: a mistake may break several rows. `key` is the
    row's key, its values joined by '|'; `column` where the rule reports it; `rows` how many
    delivered rows with that key break it (2 for two versions of one key).
    """

    site: str
    table: str
    key: str
    column: str
    rule: str
    rows: int = 1
    severity: Severity = "error"
    mistake: int = 0


def plant_faults(
    registry: Registry,
    *,
    seed: int,
    mutations: int | None = None,
    kinds: Sequence[Mutation] = MUTATIONS,
) -> tuple[Registry, list[PlantedFault]]:
    """Make mistakes, one of each kind, spread over the sites; the given registry stays as it is.

    Parameters
    ----------
    registry
        A registry of `simulate_registry`.
    seed
        Seed of the choice of rows.
    mutations
        How many mistakes to make; the kinds come in turn, each once by default.
    kinds
        The kinds; by default those that rules refuse.

    Returns
    -------
    tuple[Registry, list[PlantedFault]]
        The spoilt registry, and every (row, rule) that is broken by a mistake. A mistake for which
        no site has a fitting row of a patient not yet used is left out, which happens in
        registries of few cases.

    Examples
    --------
    >>> from analyses.simulation.registry import simulate_registry
    >>> spoilt, faults = plant_faults(simulate_registry(cases=420, sites=6, seed=7), seed=7)
    >>> len(faults), len({fault.rule for fault in faults})
    (67, 56)
    """
    spoilt = {site: dict(tables) for site, tables in registry.items()}
    wanted = len(kinds) if mutations is None else mutations
    planter = Planter(sites=len(spoilt), mutations=wanted, seed=seed, kinds=kinds)
    # the second round is for what no later site could take
    planted = [planter.spoil(site, tables) for _ in range(2) for site, tables in spoilt.items()]
    return spoilt, [fault for found in planted for fault in found]


class Planter:
    """Spoils site after site; what a site has no fitting row for waits for the next one.

    Without `sizes`, mutation k is the turn of site k, k + sites and so on, and what fits nowhere is
    left out. With the number of cases of each site, every site has its share of the mutations, and
    one that fits at neither of two sites gives way to another kind, so that as many as are wanted
    are made wherever the registry has patients enough.
    """

    def __init__(
        self,
        *,
        sites: int,
        mutations: int,
        seed: int,
        kinds: Sequence[Mutation] = ALL_MUTATIONS,
        sizes: Sequence[int] = (),
    ) -> None:
        self._turns: list[list[Turn]] = [[] for _ in range(sites)]
        whose = [number % sites for number in range(mutations if sites else 0)]
        if sizes:
            whose = _shared_out(mutations, sizes)
        for number, (site, mutation) in enumerate(zip(whose, cycle(kinds), strict=False)):
            self._turns[site].append((number, mutation))
        self._waiting: list[Turn] = []
        self._used: set[str] = set()
        self._seed = seed
        self._kinds = tuple(kinds)
        self._gives_way = bool(sizes)

    def spoil(
        self, site: str, tables: dict[str, pl.DataFrame], *, spare: Collection[str] = ()
    ) -> list[PlantedFault]:
        """Spoil rows of the next site, in place, but none of the tables `spare`."""
        own = self._turns.pop(0) if self._turns else []
        is_last = not self._turns
        turns, waited, self._waiting = [*self._waiting, *own], len(self._waiting), []
        planted = []
        for place, (number, mutation) in enumerate(turns):
            found = self._at(site, tables, number, mutation, spare)
            if not found and self._gives_way and (is_last or place < waited):
                found = self._other(site, tables, number, spare)
            planted += found
            if not found:
                self._waiting.append((number, mutation))
        return planted

    def _other(
        self, site: str, tables: dict[str, pl.DataFrame], number: int, spare: Collection[str]
    ) -> list[PlantedFault]:
        """The faults of the next kind that the site has a row for; none if no patient is left."""
        start = number % len(self._kinds)
        for kind in (*self._kinds[start:], *self._kinds[:start]):
            if found := self._at(site, tables, number, kind, spare):
                return found
        return []

    def _at(
        self,
        site: str,
        tables: dict[str, pl.DataFrame],
        number: int,
        mutation: Mutation,
        spare: Collection[str],
    ) -> list[PlantedFault]:
        """The faults of one mistake at the site; none where no row fits."""
        if mutation.changed_table in spare:
            return []
        rng = stream(self._seed, "faults", site=number)
        found = _plant(site, tables, mutation, rng=rng, used=self._used)
        return [replace(fault, mistake=number + 1) for fault in found]


def _shared_out(mutations: int, sizes: Sequence[int]) -> list[int]:
    """The site of each mutation: as many as its share of the cases, spread over the kinds."""
    exact = mutations * np.asarray(sizes) / sum(sizes)
    counts = np.floor(exact).astype(np.int64)
    rest = mutations - int(counts.sum())
    counts[np.argsort(counts - exact, kind="stable")[:rest]] += 1
    places = [((turn + 0.5) / n, site) for site, n in enumerate(counts) for turn in range(n)]
    return [site for _, site in sorted(places)]


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
    broken = frame[place] if mutation.breaks_origin else row
    kind = mutation
    return [
        PlantedFault(site, kind.table, key, kind.column, kind.rule, kind.rows, kind.severity)
        for key in _broken_keys(mutation, broken, spoilt)
    ]


def _broken_keys(mutation: Mutation, row: pl.DataFrame, spoilt: pl.DataFrame) -> list[str]:
    """Keys of the rows that are broken now: the changed one, what it clashes with, its parent."""
    key = list(BY_NAME[mutation.table].key)
    broken = row
    if mutation.clashes_in:
        broken = spoilt.join(row, on=list(mutation.clashes_in), how="semi", nulls_equal=True)
    return ["|".join(values) for values in broken.select(key).unique(maintain_order=True).rows()]
