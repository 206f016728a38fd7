"""The page of official counts: newest set first, both counts, sums, nothing from elsewhere."""

import re

import polars as pl

from analyses.report import render_counts

HOSTILE = "<script>alert(1)</script>"
DELIVERIES = pl.DataFrame(
    {
        "sequence": [1, 2, 5],
        "site": ["A", "B", "A"],
        "delivery": ["d1", "d1", "d2"],
        "provenance": ["simulated", "published", "simulated"],
    }
)


def counts() -> pl.DataFrame:
    """Two sets of two tables; A's first delivery was in the older one, and again in the newer."""
    row = {"column": "histology", "severity": "error", "sentence": f"`x` is {HOSTILE}"}
    rows = [
        {**row, "set": s, "deliveries": of, "table": t, "rows": rows, "rule": rule, "sql_pass": n}
        for s, of in ((2, [1, 2]), (5, [1, 5]))
        for t, rows, rule, n in (
            ("cases", 30, "R005", 0),
            ("pathology", 40, "R005", s),
            ("pathology", 40, "R007", 0),
        )
    ]
    return pl.DataFrame(rows).with_columns(great_expectations=pl.col("sql_pass"))


def page(found: pl.DataFrame) -> str:
    return render_counts(found, DELIVERIES, snapshot="0123456789abcdef").decode()


def test_the_sums_stand_at_the_top_and_count_the_rows_of_a_table_once() -> None:
    html = page(counts())
    wanted = (
        (6, "counts made twice"),
        (140, "rows"),
        (7, "broken"),
        (7, "by Great"),
        (0, "between"),
    )
    for number, what in wanted:
        assert f"<strong>{number}</strong> {what}" in html


def test_the_newest_set_comes_first_and_names_its_deliveries() -> None:
    html = page(counts())
    assert re.findall(r'<h2 id="set-(\d+)"', html) == ["5", "2"]
    older = html.partition('<h2 id="set-2"')[2]
    assert re.findall(r"<li>(\w), delivery (\w+) ", older) == [("A", "d1"), ("B", "d1")]
    assert "simulated, judged anew up to entry 5" in older


def test_broken_rules_stand_in_their_set_and_the_others_once_at_the_end() -> None:
    before, _, after = page(counts()).partition('id="unbroken"')
    assert re.findall(r'class="rule">(R\d+)', before) == ["R005", "R005"]
    assert re.findall(r'class="rule">(R\d+)', after) == ["R005", "R007"]
    assert before.count('SQL pass:">5<') == before.count('Great Expectations:">5<') == 3


def test_everything_is_escaped_and_nothing_is_fetched() -> None:
    html = page(counts())
    assert "&lt;script&gt;alert(1)" in html
    assert not re.search(r"<script|<link|<img|https?://|url\(", html)


def test_the_order_of_the_counts_changes_no_byte() -> None:
    assert page(counts()) == page(counts().reverse())


def test_before_anything_was_delivered_it_says_so() -> None:
    assert "Nothing was counted yet." in page(counts().clear())
