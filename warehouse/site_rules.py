"""R083 and R084: a site's median of a measure against those of the other sites.

Belongs here: the medians and their ratio; R083 on a delivery before it is merged, R084 on `core`.
Does not belong here: the limits (`schemas.rules.sites`), the other rules of sites
(`warehouse.site_findings`).
Sites of one provenance are compared with each other, never simulated with real ones.
"""

from dataclasses import dataclass
from typing import cast

from schemas.catalogue import SITE_CHECKS
from schemas.checks import SiteCheck
from schemas.labels import LABELS
from schemas.measures import MEASURES, UNIT_SLIPS
from schemas.tables import BY_NAME
from schemas.wording import NOT_CONVERTED
from warehouse.sql import TEXT_SUFFIX, name
from warehouse.store import Store
from warehouse.validation.verdict import ROW_PLACE, row_place

_TABLE = BY_NAME["imaging_measurements"]
_CHECK = SITE_CHECKS["R083"]
_UNITS = {measure.name: measure.unit for measure in MEASURES}


@dataclass(frozen=True)
class Median:
    """A site's median of a measure, zeros left out."""

    site: str
    provenance: str
    measure: str
    n: int
    median: float


def unit_refusals(store: Store, delivery: int) -> list[tuple[object, ...]]:
    """R083: the rows of every measure of a delivery whose unit is in doubt, unless confirmed.

    A confirmation of a measure stands for the later deliveries of the site too. Rows that are
    refused have no say, but for those of R042: the unit is what is wrong with them.
    """
    of_delivery = (
        "from (select s.*, d.site, d.provenance from staged.imaging_measurements s"
        " join received.deliveries d on d.delivery = s._delivery"
        " anti join (select r.delivery, r.row from refused_rows r where not exists (select 1"
        " from quarantine.problems p where p.delivery = r.delivery and p.row = r.row"
        " and p.\"table\" = 'imaging_measurements' and p.severity = 'error' having"
        " bool_and(p.rule = 'R042'))) r on r.delivery = s._delivery and r.row = s._row"
        f" where s._delivery = {int(delivery)} and s._row >= 0)"
    )
    confirmed = {
        (str(site), str(measure))
        for site, measure in store.rows(
            "select site, measure from received.approvals where rule = 'R083' and delivery <= ?",
            [delivery],
        )
    }
    others = medians(store, _IN_CORE)
    found: list[tuple[object, ...]] = []
    for own in medians(store, of_delivery):
        ratio = ratio_to_others(own, others, _CHECK)
        if ratio is None or (own.site, own.measure) in confirmed or _is_within(own, ratio):
            continue
        found += _refused(store, delivery, own, ratio)
    return found


#: Every measurement that is kept, with its site.
_IN_CORE = (
    "from (select c.*, d.site from core.imaging_measurements c"
    " join received.deliveries d on d.delivery = c._delivery)"
)


def unusual_medians(store: Store) -> list[tuple[Median, float]]:
    """R084: medians of the kept rows beyond the limits, each with its ratio to the others'."""
    check = SITE_CHECKS["R084"]
    kept = medians(store, _IN_CORE)
    ratios = [(own, ratio_to_others(own, kept, check)) for own in kept]
    low, high = check.limits["low"], check.limits["high"]
    return [(own, r) for own, r in ratios if r is not None and not low <= r <= high]


def medians(store: Store, rows: str) -> list[Median]:
    """Median of every measure of every site over the rows of a sub-select, zeros left out."""
    found = store.rows(
        "select site, provenance, measure, count(*), median(value)"
        f" {rows} where value <> 0 and measure is not null and site is not null"
        " group by all order by all"
    )
    return [Median(*cast("tuple[str, str, str, int, float]", row)) for row in found]


def ratio_to_others(own: Median, kept: list[Median], check: SiteCheck) -> float | None:
    """A median over the median of the other sites' medians; None where too few have a say.

    Examples
    --------
    >>> of = lambda site, median: Median(site, "simulated", "adc", 5, median)
    >>> kept = [of("B", 1000.0), of("C", 1200.0)]
    >>> ratio_to_others(of("A", 1.1), kept, SITE_CHECKS["R083"])
    0.001
    >>> ratio_to_others(of("A", 1.1), kept[:1], SITE_CHECKS["R083"]) is None
    True
    """
    least = check.limits["least_values"]
    theirs = sorted(
        m.median
        for m in kept
        if (m.measure, m.provenance) == (own.measure, own.provenance)
        and m.site != own.site
        and m.n >= least
    )
    if own.n < least or len(theirs) < check.limits["least_sites"]:
        return None
    middle = len(theirs) // 2
    median = theirs[middle] if len(theirs) % 2 else (theirs[middle - 1] + theirs[middle]) / 2
    return own.median / median


def _is_within(own: Median, ratio: float) -> bool:
    """Whether a ratio is one that patients can make; volumes go with the cube of a length."""
    suffix = "_volume" if _UNITS.get(own.measure) == "mm3" else ""
    return _CHECK.limits[f"low{suffix}"] <= ratio <= _CHECK.limits[f"high{suffix}"]


def _refused(store: Store, delivery: int, own: Median, ratio: float) -> list[tuple[object, ...]]:
    """Every row of one measure of a delivery, refused."""
    key = ", ".join(f"s.{name(k + TEXT_SUFFIX)}" for k in _TABLE.key)
    rows = store.rows(
        f"select {ROW_PLACE}, {key} from staged.imaging_measurements s"
        " join received.deliveries d on d.delivery = s._delivery"
        " where s._delivery = ? and s._row >= 0 and s.measure = ? order by s._row",
        [delivery, own.measure],
    )
    times = f"1/{1 / ratio:.4g}" if ratio < 1 else f"{ratio:.4g} times"
    message = (
        f"{own.measure}, {len(rows)} rows: the median of this site ({own.median:.4g}) is {times} "
        f"{'of ' if ratio < 1 else ''}the other sites'. Is the unit {_UNITS.get(own.measure)}?"
    )
    remedy = _CHECK.remedy.replace("SITE/DELIVERY", f"{rows[0][1]}/{rows[0][2]}")
    said = (message, _likely_slip(own, ratio) + remedy)
    return [
        (*row_place(_TABLE, row), _CHECK.column, _CHECK.rule, _CHECK.severity, *said)
        for row in rows
    ]


def _likely_slip(own: Median, ratio: float) -> str:
    """The power of ten that would bring a median among the others, in words; "" where none does.

    Examples
    --------
    >>> _likely_slip(Median("A", "simulated", "adc_ratio", 5, 0.001), 0.0012)
    "Times 1000 it would be like the other sites'. Nothing is converted here. "
    >>> _likely_slip(Median("A", "simulated", "tumour_length_mm", 5, 4.0), 0.1)
    "Times 10 it would be like the other sites': is it in cm? Nothing is converted here. "
    >>> _likely_slip(Median("A", "simulated", "adc_ratio", 5, 95.0), 95.0)
    "Divided by 100 it would be like the other sites'. Nothing is converted here. "
    """
    low, high = SITE_CHECKS["R084"].limits["low"], SITE_CHECKS["R084"].limits["high"]
    for factor in (10, 100, 1000):
        likely = [
            f": is it in {LABELS.get(slip.unit, slip.unit)}?"
            for slip in UNIT_SLIPS
            if (slip.own, slip.factor) == (_UNITS.get(own.measure), factor)
        ]
        unit = "".join(likely) or "."
        if low <= ratio * factor <= high:
            return f"Times {factor} it would be like the other sites'{unit} {NOT_CONVERTED} "
        if low <= ratio / factor <= high:
            return f"Divided by {factor} it would be like the other sites'. {NOT_CONVERTED} "
    return ""
