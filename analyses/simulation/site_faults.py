"""Faults of a whole site: a unit that every one of its measurements has wrong.

Belongs here: which site has which wrong unit, what it changes, which rules then speak.
Does not belong here: single rows that are spoilt (`faults`), finding broken rows
(`warehouse.validation`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from analyses.simulation.mutation import among, col, number

#: The table that wrong units change: no single row of it is spoilt at such a site.
TABLE = "imaging_measurements"
#: A site can be compared with the others only if there are two more.
LEAST_SITES = 3


@dataclass(frozen=True)
class SiteFault:
    """One wrong unit of one site.

    `rows` were changed. `refused` counts the rows that a rule refuses for it, by rule; `warned`
    are the rules that warn of single rows, `among_sites` those that compare the site with others.
    """

    site: str
    measures: tuple[str, ...]
    what: str
    rows: int
    refused: Mapping[str, int] = field(default_factory=dict)
    warned: tuple[str, ...] = ()
    among_sites: tuple[str, ...] = ("R083",)
    table: str = TABLE


def wrong_unit(
    site: str, tables: dict[str, pl.DataFrame], *, place: int, sites: int
) -> list[SiteFault]:
    """Give the second site a wrong unit of ADC and the third one of length, in place.

    Parameters
    ----------
    site
        Name of the site.
    tables
        Its delivered tables.
    place
        Place of the site among all, from 0.
    sites
        Number of sites; fewer than three have nothing to be compared with and stay as they are.
    """
    if sites < LEAST_SITES or TABLE not in tables or place not in (1, 2):
        return []
    rows = tables[TABLE]
    adc = ("adc_mean_1e6_mm2_s", "adc_min_1e6_mm2_s")
    measures = adc if place == 1 else ("tumour_length_mm",)
    wrong = among("measure", *measures) & (col("value") != "")
    by, digits = (1000, 4) if place == 1 else (10, 2)
    smaller = (number("value") / by).round(digits)
    changed = rows.filter(wrong).select(value=smaller)["value"]
    value = pl.when(wrong).then(smaller.cast(pl.String)).otherwise(col("value"))
    tables[TABLE] = rows.with_columns(value=value)
    if not len(changed):
        return []
    if place == 1:
        what = "ADC in 10^-3 mm2/s under the header of 10^-6"
        return [SiteFault(site, measures, what, len(changed), {"R042": len(changed)})]
    # a length of less than 1 mm is out of range, the others are unusual only
    below = int((changed < 1).sum())
    refused = {"R006": below} if below else {}
    what = "length of the tumour in cm under the header of mm"
    return [SiteFault(site, measures, what, len(changed), refused, ("R044", "R045"))]
