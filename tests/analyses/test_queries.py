"""The page of queries: grouped for work, everything escaped, what needs no work folded."""

import re

import polars as pl

from analyses.report.queries import render_queries

HOSTILE = "<script>alert(1)</script>"
COUNTS = pl.DataFrame(
    {
        **{"site": ["A", "A"], "delivery": ["d1", "d2"], "status": ["received", "held"]},
        **{"received": [70, 40], "accepted": [68, 0], "quarantined": [2, 40]},
    }
)
APPROVE = 'imsct delivery approve A/d2 --reason "..."'


def problems() -> pl.DataFrame:
    """Two errors with advice of their own, sixty warnings alike, one row held back."""
    row = {"site": "A", "delivery": "d1", "file": "cases.csv", "table": "cases", "key": "C1"}
    error = {**row, "column": "index_event", "rule": "R005", "severity": "error"}
    rows = [
        {**error, "line": 2, "message": HOSTILE, "suggestion": "'surgery'? Correct it."},
        {**error, "line": 3, "key": None, "message": "Wrong.", "suggestion": "Correct it."},
        {
            **{**row, "column": "patient_id", "rule": "E_PARENT", "severity": "error", "line": 4},
            **{"message": "Held back.", "suggestion": "Correct the parent."},
        },
    ]
    warning = {**row, "column": "cap_sign", "rule": "R026", "severity": "warning"}
    rows += [
        {**warning, "line": n, "message": f"Look at {n}.", "suggestion": "Look at it."}
        for n in range(100, 160)
    ]
    return pl.DataFrame(rows)


def held() -> pl.DataFrame:
    """A delivery that waits because it shrank."""
    row = {"site": "A", "delivery": "d2", "file": None, "table": None, "key": None, "column": None}
    said = f"Ask the site. If it is meant: {APPROVE}; the next run then takes it in."
    found = {"rule": "E_SHRINK", "severity": "error", "line": None, "message": "40 % fewer."}
    return pl.DataFrame([{**row, **found, "suggestion": said}], schema=problems().schema)


def page(found: pl.DataFrame) -> str:
    return render_queries(found, COUNTS, site="A").decode()


def test_everything_of_a_delivery_is_escaped_and_nothing_is_fetched() -> None:
    html = page(problems())
    assert "&lt;script&gt;alert(1)" in html
    assert not re.search(r"<script|<link|<img|https?://|url\(", html)


def test_the_account_and_how_often_each_rule_was_broken_stand_at_the_top() -> None:
    html = page(problems())
    for number, what in ((70, "records received"), (68, "accepted"), (2, "in quarantine")):
        assert f"<strong>{number}</strong> {what}" in html
    order = re.findall(r"<tr><td>(\w+)</td>", html)
    assert order == ["R005", "E_PARENT", "R026"]


def test_what_refuses_rows_comes_first_and_open_what_does_not_is_folded() -> None:
    kinds = re.findall(
        r'<details class="kind( folded)?"( open)?>\s*<summary><strong>(\w+)', page(problems())
    )
    assert kinds == [("", " open", "R005"), (" folded", "", "E_PARENT"), (" folded", "", "R026")]


def test_a_flood_of_warnings_is_counted_and_its_first_lines_shown() -> None:
    html = page(problems())
    assert "R026</strong>, column <code>cap_sign</code>: 60 times (warning: accepted)" in html
    assert html.count("Look at 1") == 10
    assert "and 50 more of this kind" in html


def test_advice_that_all_rows_share_stands_once_and_other_advice_at_its_row() -> None:
    html = page(problems())
    assert html.count("Look at it.") == 1
    assert "&#39;surgery&#39;? Correct it." in html


def test_a_key_at_fault_is_not_shown_and_an_empty_quarantine_says_so() -> None:
    assert "not shown" in page(problems())
    assert "Nothing is in quarantine." in page(problems().clear())


def test_a_held_delivery_waits_and_is_not_called_refused() -> None:
    html = page(held())
    assert "This delivery waits for a decision." in html
    assert "<td>E_SHRINK</td><td>waits for a decision</td>" in html
    assert "refused</td>" not in html
    assert 'data-of="line">whole delivery</td>' in html
    assert "This delivery waits" not in page(problems())


def test_a_command_is_one_piece_that_can_be_copied() -> None:
    html = page(held())
    (command,) = re.findall(r'<code class="command">(.*?)</code>', html)
    words = [re.sub("<.*?>", "", word) for word in command.split(" ")]
    assert " ".join(words).replace("&#34;", '"') == APPROVE
