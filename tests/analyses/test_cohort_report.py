"""The cohort report: counts are those of a recount, small ones are hidden, edges are said first."""

import dataclasses
import os
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from analyses.cohort_report import cohort_document, pictures, render_cohort
from analyses.cohort_report.case_mix import with_levels
from analyses.cohort_report.inputs import TOGETHER
from analyses.cohort_report.page import changes
from analyses.results import to_json
from tests.analyses.cohort_inputs import STAMP, cases, inputs, tables


def front(page: str) -> str:
    """What stands on the first page, as words."""
    html = page.split('class="front"')[1].split("<nav")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def made(given, *, is_drawn=False):
    """Document and page; figures take long, and most tests ask for words."""
    document = cohort_document(given, STAMP)
    figures = pictures(document, given) if is_drawn else {}
    return document, render_cohort(document, figures).decode()


@pytest.fixture(scope="module")
def drawn():
    """An open cohort with its figures: document and page."""
    return made(inputs(80), is_drawn=True)


def test_counts_are_those_of_a_recount_and_columns_add_up():
    given = inputs()
    document, _ = made(given)
    counted = given.cases.filter(pl.col("consent_scope") == "research_registry")
    assert document["cohort"]["cases"] == counted.height
    assert document["cohort"]["left_out"] == given.cases.height - counted.height > 0
    assert document["cohort"]["patients"] == counted["patient_id"].n_unique()
    table = document["case_mix"]["site"]
    assert table["columns"] == sorted(set(counted["site_id"]))
    for part in table["parts"]:
        for place, total in enumerate(table["totals"]):
            assert sum(level["counts"][place] for level in part["levels"]) == total
        for level in part["levels"]:
            assert level["counts"][0] == sum(level["counts"][1:])
    women = next(
        level
        for part in table["parts"]
        for level in part["levels"]
        if (part["label"], level["label"]) == ("Sex", "female")
    )
    site = table["columns"].index("SIM_B") + 1
    found = counted.filter((pl.col("sex") == "female") & (pl.col("site_id") == "SIM_B"))
    assert women["counts"][site] == found.height


def test_completeness_has_the_denominator_that_it_says():
    given = inputs()
    follow = made(given)[0]["follow_up"]
    living = seen = 0
    for row in given.cases.iter_rows(named=True):
        if row["consent_scope"] != "research_registry" or row["surgery_day"] is None:
            continue
        if row["vital_status"] == "dead":
            continue
        living += 1
        last = row["last_alive_day"]
        seen += last is not None and last - row["surgery_day"] >= 365
    assert follow["living"][0] == living
    twelve = next(row for row in follow["contacts"] if "12 months" in row["label"])
    assert twelve["counts"][0] == seen
    said = front(made(given)[1])
    assert f"{seen} of {living} operated patients who are not known to have died" in said


def test_new_cases_of_the_deliveries_are_all_cases():
    document, _ = made(inputs())
    came = document["quality"]["deliveries"]
    assert sum(row["new_cases"] for row in came) == document["cohort"]["cases"]


def test_it_says_which_sites_got_better_and_which_worse():
    better, worse = (front(made(inputs(quarantined=q))[1]) for q in ((30, 10), (10, 30)))
    assert "A share of fewer records refused than before: SIM_A, SIM_B, SIM_C." in better
    assert "A share of more records refused than before: SIM_A, SIM_B, SIM_C." in worse


def test_open_queries_are_ordered_named_by_site_and_hold_no_row():
    given = inputs()
    came = given.deliveries.with_columns(
        status=pl.when(pl.col("sequence") == 23).then(pl.lit("held")).otherwise("status")
    )
    document, page = made(dataclasses.replace(given, deliveries=came))
    queries = document["queries"]
    assert all(row["n"] > 0 for row in queries)
    assert {(row["site"], row["is_held"]) for row in queries if row["is_held"]} == {("SIM_C", True)}
    assert queries[0]["is_held"]
    assert [row["rule"] for row in queries[-3:]] == ["E_PARENT"] * 3
    first = front(page)
    assert "imsct quarantine --site SIM_C" in first
    assert "Nothing to correct" not in first
    assert all(row["remedy"] for row in queries)


def small_registry():
    """A confidential cohort with a site of a few cases."""
    given = inputs(150, provenance="registry", sites=("A", "B", "C", "D"))
    frame = given.cases.with_columns(
        site_id=pl.when(pl.int_range(pl.len()) < 3).then(pl.lit("TINY")).otherwise("site_id")
    )
    return dataclasses.replace(given, cases=frame)


@pytest.fixture(scope="module")
def registry():
    """Its inputs, document and page."""
    given = small_registry()
    return given, *made(given, is_drawn=True)


def rows_of(document):
    """Every row of counts over the columns of a table."""
    for table in (document["recruitment"], *document["case_mix"].values()):
        yield table["totals"]
        for part in table["parts"]:
            yield from (level["counts"] for level in part["levels"])
    follow = document["follow_up"]
    yield follow["living"]
    yield from (row["counts"] for row in (*follow["contacts"], *follow["grades"]))


def test_of_a_registry_no_small_count_is_told_and_none_can_be_subtracted(registry):
    _, document, page = registry
    for row in rows_of(document):
        assert not [n for n in row if n in (1, 2, 3, 4)], row
        unseen = [n for n in row if not isinstance(n, int)]
        assert len(unseen) != 1, row
    for table in (document["recruitment"], document["case_mix"]["site"]):
        for part in table["parts"]:
            for column in zip(*(level["counts"] for level in part["levels"]), strict=True):
                assert sum(not isinstance(n, int) for n in column) != 1, part["label"]
    assert not [row for row in document["queries"] if row["n"] in (1, 2, 3, 4)]
    assert "TINY" not in document["recruitment"]["columns"]
    assert TOGETHER in document["recruitment"]["columns"]
    assert "Sites with fewer than 20 cases are shown together" in front(page)
    assert "histology" not in document["case_mix"]


def test_of_a_registry_no_figure_of_cases_is_drawn_and_no_case_is_named(registry, drawn):
    _, document, page = registry
    assert 'id="figure-cord-map"' in page
    assert 'id="figure-swimmer"' not in page
    assert 'id="figure-signs-heat-map"' not in page
    assert "C-0" not in page
    assert "C-0" not in to_json(document).decode()
    assert 'id="figure-swimmer"' in drawn[1]
    assert "60 of " in drawn[1]


def test_levels_that_are_rare_are_merged_before_any_is_hidden():
    frame = cases(150, provenance="registry").with_columns(
        group=pl.lit("ependymoma"),
        cord_region=pl.when(pl.int_range(pl.len()) < 3)
        .then(pl.lit("filum"))
        .when(pl.int_range(pl.len()) < 6)
        .then(pl.lit("holocord"))
        .otherwise(pl.lit("thoracic")),
    )
    merged = with_levels(frame, "internal")["Region of the cord"].value_counts().rows()
    assert dict(merged) == {"thoracic": 144, "others or not recorded, each fewer than 20": 6}


def nobody_followed(given):
    """Nobody was seen again."""
    none = pl.lit(None, pl.Int64)
    frame = given.cases.with_columns(
        last_alive_day=none,
        death_day=none,
        vital_status=pl.lit(None, pl.String),
        os=pl.lit(None, pl.String),
        os_months=pl.lit(None, pl.Float64),
        image_gap_days=pl.lit(None, pl.Float64),
    )
    empty = {name: table.clear() for name, table in given.tables.items()}
    return dataclasses.replace(given, cases=frame, tables=empty)


def nothing_recorded(given):
    """Keys and consent only."""
    kept = ("case_id", "patient_id", "site_id", "provenance", "consent_scope")
    frame = given.cases.with_columns(
        pl.lit(None).cast(dtype).alias(name)
        for name, dtype in given.cases.schema.items()
        if name not in kept
    )
    return dataclasses.replace(nobody_followed(given), cases=frame)


def no_case(given):
    """Deliveries of which no case came in."""
    return dataclasses.replace(
        given,
        cases=given.cases.clear(),
        tables=tables(given.cases.clear()),
        first=given.first.clear(),
    )


EDGES = {
    "seven": (inputs(7), "Fewer than 20 cases"),
    "one-site": (inputs(60, sites=("SIM_A",)), "One site only"),
    "no-follow-up": (nobody_followed(inputs(60)), "No follow-up at all"),
    "all-missing": (
        nothing_recorded(inputs(60)),
        "Recorded of nobody: age, sex, histology, level and extent of resection.",
    ),
    "nothing-refused": (inputs(60, quarantined=(0, 0)), "nothing was refused"),
    "no-case": (no_case(inputs(60)), "there is nobody to count"),
    "seven-of-a-registry": (inputs(7, provenance="registry"), "Fewer than 20 cases"),
    "nobody-of-a-registry": (
        no_case(inputs(60, provenance="registry")),
        "there is nobody to count",
    ),
    "published": (inputs(60, provenance="published"), "Nobody knows how many"),
}


@pytest.mark.parametrize("name", EDGES)
def test_an_edge_is_correct_and_said_on_the_first_page(name):
    given, wanted = EDGES[name]
    document, page = made(given)
    assert wanted in front(page)
    assert document["audience"] == ("internal" if given.provenance == "registry" else "open")
    assert not re.search(r"\bnan\b|\bNone\b", page)


def test_without_a_query_nothing_is_asked_for():
    assert "Nothing: no query is open." in front(made(inputs(60, quarantined=(0, 0)))[1])


def test_order_of_rows_changes_no_byte():
    given = inputs(12)
    turned = dataclasses.replace(
        given,
        cases=given.cases.reverse(),
        deliveries=given.deliveries.reverse(),
        problems=given.problems.reverse(),
        missing=given.missing.reverse(),
        first=given.first.reverse(),
        tables={name: table.reverse() for name, table in given.tables.items()},
    )
    assert made(given, is_drawn=True)[1] == made(turned, is_drawn=True)[1]


def test_another_process_with_another_hash_seed_writes_the_same(registry):
    code = (
        "import sys\n"
        "from tests.analyses.test_cohort_report import made, small_registry\n"
        "sys.stdout.write(made(small_registry())[1])"
    )
    written = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": "7"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert written == made(registry[0])[1]
    assert "Registry data: confidential" in written


def test_every_table_has_an_id_and_the_page_needs_nothing_from_elsewhere(drawn):
    page = drawn[1]
    ids = re.findall(r'<table id="([a-z0-9-]+)"', page)
    assert len(ids) == page.count("<table") == len(set(ids))
    assert "<script" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)
    assert '<body class="simulated">' in page
    assert page.count("SIMULATED: nobody is behind these cases") >= 5


def test_a_name_that_is_markup_stays_text():
    given = inputs(60, sites=("<b>X</b>", "SIM_A"))
    page = made(given)[1]
    assert "<b>X</b>" not in page
    assert "&lt;b&gt;X&lt;/b&gt;" in page


def test_the_first_page_names_the_site_to_call():
    """The last delivery is not always the worst one, and one of six wants a call on Monday."""
    base = {"status": "received", "received": 100, "new_cases": 1, "before": None}
    rows = [
        base | {"site": "SIM_A", "delivery": "d1", "quarantined": 18, "share": 0.18},
        base | {"site": "SIM_B", "delivery": "d1", "quarantined": 1, "share": 0.01},
    ]
    said = " ".join(changes(rows))
    assert "largest share refused is SIM_A: 18%" in said
    assert "largest share" not in " ".join(changes(rows[:1]))
