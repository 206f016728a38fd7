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
    """Three sets of two tables; A's first delivery was in the oldest, and again in the newest."""
    row = {"column": "histology", "severity": "error", "sentence": f"`x` is {HOSTILE}"}
    rows = [
        {**row, "set": s, "deliveries": of, "table": t, "rows": rows, "rule": rule, "sql_pass": n}
        for s, of in ((1, [1]), (2, [2]), (5, [1, 5]))
        for t, rows, rule, n in (
            ("cases", 30, "R005", 0),
            ("pathology", 40, "R005", s),
            ("pathology", 40, "R007", 0),
        )
    ]
    return pl.DataFrame(rows).with_columns(great_expectations=pl.col("sql_pass"))


def page(found: pl.DataFrame) -> str:
    return render_counts(found, DELIVERIES, snapshot="0123456789abcdef").decode()


def test_the_sums_of_a_provenance_stand_apart_and_count_the_rows_of_a_table_once() -> None:
    top = page(counts()).partition('id="set-')[0]
    _, published, simulated, *_ = re.split("<h2", top)
    assert "All published rows" in published
    assert re.findall(r"<strong>(\d+)</strong>", published) == ["3", "70", "2", "2", "0"]
    assert "All simulated rows" in simulated
    assert re.findall(r"<strong>(\d+)</strong>", simulated) == ["6", "140", "6", "6", "0"]


def test_the_newest_set_comes_first_and_names_its_deliveries() -> None:
    html = page(counts())
    assert re.findall(r'<h2 id="set-(\d+)"', html) == ["5", "2", "1"]
    assert re.findall(r'<h2 id="set-\d">(\w+) rows', html) == [
        *("Simulated", "Published", "Simulated")
    ]
    newest, older = html.partition('<h2 id="set-5"')[2].split('<h2 id="set-2"')
    assert re.findall(r"<li>(\w), delivery (\w+) ", newest) == [("A", "d1"), ("A", "d2")]
    assert "simulated, judged anew up to entry 5" in older


def test_broken_rules_stand_in_their_set_and_the_others_once_at_the_end() -> None:
    before, _, after = page(counts()).partition('id="unbroken"')
    assert re.findall(r'class="rule">(R\d+)', before) == ["R005", "R005", "R005"]
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
