"""Findings on sites: rules R011 and R084 to R089, counted over what `core` holds now.

Belongs here: the counting of each, and keeping what was found in the quarantine as warnings.
Does not belong here: sentences and limits (`schemas.rules.sites`), R083 (`warehouse.site_rules`).
They refuse nothing. They are found anew in every run, and stand under the site's newest delivery.
"""

from collections.abc import Iterator
from math import exp, lgamma

import polars as pl

from schemas.catalogue import SITE_CHECKS
from schemas.columns import Code
from schemas.histology import HISTOLOGY_GROUP
from schemas.rules.sites import SHOWN_BY
from schemas.showing import shown_key
from schemas.tables import BY_NAME, TABLES
from schemas.vocabularies import SIGN
from warehouse.site_rules import unusual_medians
from warehouse.sql import literals, name
from warehouse.store import Store
from warehouse.validation.verdict import PROBLEM_SCHEMA

#: Site, rule, table, column, message.
Finding = tuple[str, str, str, str, str]
_SIGNS = tuple(
    column.name
    for column in BY_NAME["imaging_reads"].columns
    if isinstance(column.type, Code) and column.type.vocabulary is SIGN
)
_DAYS_PER_MONTH = 30.4375


def judge_sites(store: Store) -> int:
    """Find what is unusual of every site, in place of what was found before.

    Returns
    -------
    int
        Findings.
    """
    found = [
        *_alike(store),
        *_medians(store),
        *_signs(store),
        *_not_recorded(store),
        *_absent_without_sequence(store),
        *_sexes_and_events(store),
        *_editions(store),
    ]
    newest = {
        str(site): (number, delivery)
        for site, number, delivery in store.rows(
            "select site, max(delivery), arg_max(name, delivery) from received.deliveries"
            " where status = 'received' and accepted is not null group by 1"
        )
    }
    rows = [
        {
            "delivery": newest[site][0],
            "site": site,
            "name": newest[site][1],
            "table": table,
            "column": column,
            "rule": rule,
            "severity": SITE_CHECKS[rule].severity,
            "message": f"{site}: {message}",
            "suggestion": SITE_CHECKS[rule].remedy,
        }
        for site, rule, table, column, message in found
    ]
    with store.transaction():
        rules = literals(rule for rule, check in SITE_CHECKS.items() if check.severity != "error")
        store.con.execute(f"delete from quarantine.problems where rule in ({rules})")
        store.append("quarantine", "problems", pl.DataFrame(rows, schema=PROBLEM_SCHEMA))
    return len(rows)


def fisher_p(a: int, b: int, c: int, d: int) -> float:
    """Two-sided p of Fisher's exact test of the table [[a, b], [c, d]].

    Examples
    --------
    >>> round(fisher_p(8, 2, 1, 5), 6)  # R: fisher.test(matrix(c(8, 1, 2, 5), 2))
    0.034965
    """
    row, column, total = a + b, a + c, a + b + c + d

    def log_p(x: int) -> float:
        return _log_choose(column, x) + _log_choose(total - column, row - x)

    whole = _log_choose(total, row)
    seen = log_p(a) + 1e-7  # R takes tables up to this relative error as equally likely
    low, high = max(0, row + column - total), min(row, column)
    return min(1.0, sum(exp(log_p(x) - whole) for x in range(low, high + 1) if log_p(x) <= seen))


def _log_choose(n: int, k: int) -> float:
    """Logarithm of the number of ways to choose k of n."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _of_sites(table: str) -> str:
    """SQL: the current rows of a table with the site that delivered them."""
    return (
        f"(select c.*, d.site from core.{name(table)} c"
        " join received.deliveries d on d.delivery = c._delivery)"
    )


def _alike(store: Store) -> Iterator[Finding]:
    """R011: two patients of a site who agree in everything that tells patients apart."""
    known = "not in ('unknown', 'not_reported', 'not_assessable', 'indeterminate')"
    rows = store.rows(
        "with first_read as (select distinct on (s.case_id) s.case_id, r.cord_region,"
        " r.level_upper, r.level_lower from core.imaging_reads r join core.imaging_studies s"
        f" on s.study_id = r.study_id where r.level_upper {known} and r.level_lower {known}"
        " order by s.case_id, s.study_day, r.read_round, r.read_id), described as ("
        " select distinct c.site, c.patient_id, c.age_years, row(p.sex, c.index_period,"
        " coalesce(f.cord_region, ''), f.level_upper, f.level_lower, h.histology, c.provenance)"
        " as likeness"
        f" from {_of_sites('cases')} c join core.patients p on p.patient_id = c.patient_id"
        " join first_read f on f.case_id = c.case_id join core.pathology h"
        f" on h.case_id = c.case_id where p.sex {known} and c.index_period {known}"
        f" and h.histology {known})"
        " select distinct a.site, a.patient_id, b.patient_id from described a join described b"
        " on b.site = a.site and b.likeness = a.likeness and b.patient_id > a.patient_id"
        " and abs(b.age_years - a.age_years) <= ? order by all",
        [SITE_CHECKS["R011"].limits["years"]],
    )
    for site, one, other in rows:
        ids = (shown_key(BY_NAME["patients"], {"patient_id": str(i)}) for i in (one, other))
        shown = " and ".join(key or "one more" for key in ids)
        message = f"{shown} agree in sex, age, period, region, levels and histology."
        yield str(site), "R011", "patients", "patient_id", message


def _medians(store: Store) -> Iterator[Finding]:
    """R084: an unusual median of a measure."""
    for own, ratio in unusual_medians(store):
        message = (
            f"the median of {own.measure} ({own.median:.4g}, {own.n} values) is {ratio:.3g} times "
            "that of the other sites."
        )
        yield own.site, "R084", "imaging_measurements", "value", message


def _signs(store: Store) -> Iterator[Finding]:
    """R085: within a histology group a sign is present much more, or less, often than elsewhere."""
    limits = SITE_CHECKS["R085"].limits
    groups = ", ".join(f"('{code}', '{group}')" for code, group in HISTOLOGY_GROUP.items())
    for sign in _SIGNS:
        rows = store.rows(
            "with grouped as (select distinct p.case_id, g.grp from core.pathology p"
            f" join (values {groups}) g(code, grp) on g.code = p.histology), read as ("
            f" select r.site, r.provenance, g.grp, s.case_id, bool_or({sign} = 'present') as seen"
            f" from {_of_sites('imaging_reads')} r join core.imaging_studies s"
            " on s.study_id = r.study_id join grouped g on g.case_id = s.case_id"
            f" where {sign} in ('present', 'absent')"
            " and s.study_purpose in ('diagnostic', 'preoperative') group by all), counted as ("
            " select site, provenance, grp, count(*) filter (seen) as k, count(*) as n from read"
            " group by all) select o.site, o.grp, any_value(o.k), any_value(o.n), sum(t.k),"
            " sum(t.n) from counted o join counted t on t.grp = o.grp and t.site <> o.site"
            " and t.provenance = o.provenance group by 1, 2 order by 1, 2"
        )
        for site, group, *counts in rows:
            own, n, theirs, m = (int(str(count)) for count in counts)
            if abs(own / n - theirs / m) < limits["difference"]:
                continue
            p = fisher_p(own, n - own, theirs, m - theirs)
            if p < limits["p"]:
                message = (
                    f"{sign} is present in {own / n:.0%} of its cases of the group {group}, at the "
                    f"other sites in {theirs / m:.0%} (p {_p(p)}): is it defined as there?"
                )
                yield str(site), "R085", "imaging_reads", sign, message


def _p(p: float) -> str:
    """A small p in words."""
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}"


def _not_recorded(store: Store) -> Iterator[Finding]:
    """R086: a required column that the site hardly records, though the others do."""
    limits = SITE_CHECKS["R086"].limits
    for table in TABLES:
        columns = [c for c in table.columns if c.required and c.name not in table.key]
        if not columns:
            continue
        shares = ", ".join(
            f"count(*) filter (coalesce(cast({name(c.name)} as varchar), 'unknown')"
            f" in ('unknown', 'not_reported')) as {name(c.name)}"
            for c in columns
        )
        frame = store.frame(
            f"select site, provenance, count(*) as _n, {shares} from {_of_sites(table.name)}"
            " group by all order by site, provenance"
        )
        for row in frame.iter_rows(named=True):
            others = frame.filter(
                (pl.col("provenance") == row["provenance"]) & (pl.col("site") != row["site"])
            )
            if others.is_empty():
                continue
            for column in columns:
                share = row[column.name] / row["_n"]
                elsewhere = sum(others[column.name].to_list()) / sum(others["_n"].to_list())
                if share > limits["share"] and elsewhere <= limits["others"]:
                    message = (
                        f"{column.name} is not recorded in {share:.0%} of its rows of {table.name},"
                        f" at the other sites in {elsewhere:.0%}."
                    )
                    yield row["site"], "R086", table.name, column.name, message


def _absent_without_sequence(store: Store) -> Iterator[Finding]:
    """R087: a sign always absent where hardly any study could have shown it."""
    limits = SITE_CHECKS["R087"].limits
    for sign, sequences in SHOWN_BY.items():
        able = " or ".join(f"{name(sequence)} = 'acquired'" for sequence in sequences)
        rows = store.rows(
            f"select r.site, r.absent, t.able from (select site, avg(({sign} = 'absent')::int)"
            f" as absent from {_of_sites('imaging_reads')} group by 1) r"
            f" join (select site, avg(coalesce({able}, false)::int) as able"
            f" from {_of_sites('imaging_studies')} group by 1) t on t.site = r.site"
            " where r.absent > ? and t.able < ? order by 1",
            [limits["absent"], limits["acquired"]],
        )
        for site, absent, acquired in rows:
            message = (
                f"{sign} is absent in {float(str(absent)):.0%} of the reads, and a sequence that "
                f"shows it was acquired in {float(str(acquired)):.0%} of the studies."
            )
            yield str(site), "R087", "imaging_reads", sign, message


def _sexes_and_events(store: Store) -> Iterator[Finding]:
    """R088: hardly any patient of one sex, or a long follow-up without any event."""
    limits = SITE_CHECKS["R088"].limits
    least = int(limits["least"])
    shares = store.rows(
        "select site, avg((sex = 'male')::int) as male"
        f" from {_of_sites('patients')} where sex in ('male', 'female') group by 1"
        " having count(*) >= ? and male not between ? and ? order by 1",
        [least, limits["low"], limits["high"]],
    )
    for site, male in shares:
        yield (
            str(site),
            "R088",
            "patients",
            "sex",
            f"{float(str(male)):.0%} of its patients are male.",
        )
    rows = store.rows(
        "select site, median(last) as days from (select site, case_id, max(contact_day) as last,"
        " bool_or(vital_status = 'dead' or progression_status in ('progression', 'recurrence'))"
        " as event"
        f" from {_of_sites('follow_up')} group by all)"
        " group by 1 having count(*) >= ? and days > ? and not bool_or(coalesce(event, false))"
        " order by 1",
        [least, limits["months"] * _DAYS_PER_MONTH],
    )
    for site, days in rows:
        months = float(str(days)) / _DAYS_PER_MONTH
        message = f"nobody died or progressed in a median follow-up of {months:.0f} months."
        yield str(site), "R088", "follow_up", "progression_status", message


def _editions(store: Store) -> Iterator[Finding]:
    """R089: two editions of the classification within one index period."""
    rows = store.rows(
        "select p.site, c.index_period, list_sort(list(distinct p.histology_edition))"
        f" from {_of_sites('pathology')} p join core.cases c on c.case_id = p.case_id"
        " where p.histology_edition not in ('unknown', 'not_reported')"
        " and c.index_period <> 'unknown' group by 1, 2"
        " having count(distinct p.histology_edition) > 1 order by 1, 2"
    )
    for site, period, editions in rows:
        listed = ", ".join(str(e) for e in editions)  # type: ignore[attr-defined]
        message = f"cases of {period} are named by several editions ({listed})."
        yield str(site), "R089", "pathology", "histology_edition", message
