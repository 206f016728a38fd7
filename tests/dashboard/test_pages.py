"""The pages: counts as a recount gives them, small ones kept back, nothing of a selection told."""

import itertools
import re
import shutil
from html import unescape

import polars as pl
import pytest

from tests.dashboard.conftest import Published
from tests.support.published import HOSTILE, REPORT
from tests.support.served import Served

VALUE = re.compile(
    r'name="(\w+)" value="([^"]*)"( checked)?>\s*<span class="what">([^<]*)</span>'
    r'(?:\s*<span class="n">(.*?)</span>\s*<svg)?',
    re.DOTALL,
)


def facets(html: str) -> dict[tuple[str, str], str | None]:
    """What is shown beside each value: a number, '<5', 'hidden', or None for nothing."""
    found = {}
    for name, value, _, _, shown in VALUE.findall(html):
        text = re.sub(r'<span class="aloud">.*?</span>|<[^>]+>', "", shown)
        found[unescape(name), unescape(value)] = unescape(text).strip() or None
    return found


def with_words(frame: pl.DataFrame) -> pl.DataFrame:
    """The cases with the values of the facets, written a second time, in polars."""
    known = pl.col("age_years")
    return frame.filter(pl.col("consent_scope") == "research_registry").select(
        "provenance",
        site="site_id",
        histology=pl.col("histology_group").fill_null("not_recorded"),
        region=pl.col("cord_region").replace("unknown", "not_recorded"),
        extent=pl.when(pl.col("surgery_day").is_null())
        .then(pl.lit("no_surgery_recorded"))
        .otherwise(pl.col("extent_of_resection").replace("unknown", "not_recorded")),
        sex=pl.col("sex").replace("unknown", "not_recorded"),
        age=pl.when(known.is_null())
        .then(pl.lit("not_recorded"))
        .when(known < 18)
        .then(pl.lit("under_18"))
        .when(known < 65)
        .then(pl.lit("18_to_64"))
        .otherwise(pl.lit("65_and_over")),
    )


SELECTIONS = [
    {},
    {"histology": ["ependymoma"]},
    {"histology": ["ependymoma", "other"], "sex": ["female"]},
    {"region": ["cervical", "thoracic"], "extent": ["gtr"]},
    {"age": ["18_to_64"], "site": ["SIM_A", "SIM_B"]},
]


@pytest.mark.parametrize("chosen", SELECTIONS, ids=str)
@pytest.mark.parametrize("cohort", ["simulated", "published"])
def test_counts_are_those_of_a_recount(
    served: Served, published: Published, cohort: str, chosen: dict[str, list[str]]
) -> None:
    cases = with_words(published[1]).filter(pl.col("provenance") == cohort)
    if cohort == "published" and "site" in chosen:
        chosen = {"site": ["REPORTS"]}
    query = "&".join(f"{k}={','.join(sorted(v))}" for k, v in sorted(chosen.items()))
    query = "&".join(sorted(filter(None, [query, "cohort=simulated" * (cohort == "simulated")])))
    # keys are sorted across the whole query
    query = "&".join(sorted(query.split("&"))) if query else ""
    answer = served.ask(f"/cohort?{query}" if query else "/cohort")
    assert answer.status == 200, query
    shown = facets(answer.text)
    assert shown
    exact = 0
    for (facet, value), text in shown.items():
        others = [pl.col(f).is_in(v) for f, v in chosen.items() if f != facet]
        n = cases.filter(pl.col(facet) == value, *others).height
        if text == "<5":
            assert 1 <= n <= 4
        elif text != "hidden":
            assert text is not None
            assert int(text.replace(",", "")) == n
            assert n == 0 or n >= 5
            exact += 1
    assert exact > 5  # hiding everything would pass the rest
    whole = cases.filter(*[pl.col(f).is_in(v) for f, v in chosen.items()]).height
    assert f"<strong>{whole}</strong>" in answer.text


def test_a_hidden_count_cannot_be_worked_out_from_its_facet(served: Served) -> None:
    """With a shown total, one small count alone would be what is left: a second one is unseen."""
    for address in ("/cohort", "/cohort?cohort=simulated", "/cohort?cohort=simulated&sex=female"):
        shown = facets(served.ask(address).text)
        for _, group in itertools.groupby(sorted(shown.items()), key=lambda item: item[0][0]):
            unseen = [text for _, text in group if text in ("<5", "hidden")]
            assert len(unseen) != 1, (address, unseen)


def test_too_small_a_selection_tells_nothing_of_itself(
    served: Served, published: Published
) -> None:
    cases = with_words(published[1]).filter(pl.col("provenance") == "simulated")
    small = cases.filter(pl.col("region") == "holocord")
    assert 0 < small.height < 5
    answer = served.ask("/cohort?cohort=simulated&region=holocord")
    assert "Too few cases to show" in answer.text
    shown = facets(answer.text)
    assert set(shown.values()) == {None}
    assert 'class="n"' not in answer.text
    assert "<rect" not in answer.text
    # the values listed are those of the whole cohort, whatever is in the selection
    whole = facets(served.ask("/cohort?cohort=simulated").text)
    assert shown.keys() == whole.keys()


def test_almost_everybody_is_too_small_outside(served: Served, published: Published) -> None:
    cases = with_words(published[1]).filter(pl.col("provenance") == "simulated")
    rest = cases.filter(pl.col("region") == "holocord").height
    assert 0 < rest < 5
    chosen = "cervical,conus,not_recorded,thoracic"
    answer = served.ask(f"/cohort?cohort=simulated&region={chosen}")
    assert "Too few cases to show" in answer.text


def test_an_empty_selection_is_too_small_as_well(served: Served) -> None:
    answer = served.ask("/cohort?cohort=simulated&extent=near_total")
    assert "Too few cases to show" in answer.text


def test_without_consent_nobody_is_counted(served: Served, published: Published) -> None:
    frame = published[1]
    refused = frame.filter(pl.col("consent_scope") != "research_registry").height
    assert refused > 0
    text = served.ask("/").text
    for cohort in ("simulated", "published"):
        n = with_words(frame).filter(pl.col("provenance") == cohort).height
        assert re.search(rf"{n} cases of the", text)


def test_cohorts_are_never_added_together(served: Served, published: Published) -> None:
    both = with_words(published[1]).height
    for path in ("/", "/cohort", "/cohort?cohort=simulated"):
        assert not re.search(rf">\s*{both}\s*<", served.ask(path).text)
    records = served.ask("/").text
    assert "All simulated" in records
    assert "All published" in records


def test_simulated_rows_carry_their_band(served: Served) -> None:
    assert "these patients do not exist" in served.ask("/cohort?cohort=simulated").text
    assert "these patients do not exist" not in served.ask("/cohort").text
    assert "these patients do not exist" in served.ask("/").text


def test_overview_accounts_for_every_record(served: Served) -> None:
    text = re.sub(r"\s+", " ", served.ask("/").text)
    for received, accepted, quarantined in re.findall(
        r"([\d,]+) received = ([\d,]+) accepted \+ ([\d,]+) in quarantine", text
    ):
        whole, taken, kept = (int(x.replace(",", "")) for x in (received, accepted, quarantined))
        assert whole == taken + kept
    assert text.count("received =") == 2
    assert "does not add up" not in text


def test_names_stay_text(served: Served) -> None:
    for path in ("/", "/cohort?cohort=simulated"):
        text = served.ask(path).text
        assert HOSTILE not in text
        assert "&lt;b&gt;NORTH&lt;/b&gt;&amp;amp;" in text
        assert "Histology &lt;i&gt;group&lt;/i&gt;" in text
        assert "C-0001" not in text  # never a case


def test_report_is_served_behind_a_wall(served: Served, published: Published) -> None:
    folder = published[3]
    assert f"/reports/{folder}/report.html" in served.ask("/").text
    answer = served.ask(f"/reports/{folder}/report.html")
    assert answer.status == 200
    assert "A report." in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/reports/../../warehouse.duckdb",
        "/reports/..%2f..%2fledger/report.html",
        "/reports/%2e%2e/report.html",
        "/reports/nothing-simulated-0123456789abcdef/report.html",
        "/reports/histology-simulated-0123456789abcdef%00/report.html",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/nowhere",
    ],
)
def test_what_is_not_a_page_is_not_found(served: Served, path: str) -> None:
    answer = served.ask(path)
    assert answer.status in (400, 404), path
    assert "duckdb" not in answer.text.lower()
    assert "Traceback" not in answer.text


def test_a_link_in_place_of_a_report_is_not_followed(published: Published, served: Served) -> None:
    home, _, snapshot, _ = published
    folder = home.reports / f"linked-simulated-{snapshot.id}"
    folder.mkdir()
    (folder / "report.html").symlink_to(home.ledger / "ledger.jsonl")
    assert served.ask(f"/reports/{folder.name}/report.html").status == 404
    assert folder.name not in served.ask("/").text


def test_a_report_is_had_as_pdf_in_place_where_there_is_one(
    published: Published, served: Served
) -> None:
    home, _, snapshot, _ = published
    folder = home.reports / f"cohort-simulated-{snapshot.id}"  # no document: the page is enough
    folder.mkdir()
    address = f"/reports/{folder.name}/report.pdf"
    (folder / "report.html").write_text(REPORT)
    assert "The cohort and the quality of its data" in served.ask("/").text
    assert address not in served.ask("/").text
    assert served.ask(address).status == 404
    (folder / "report.pdf").write_bytes(b"%PDF-1.7 a report")
    assert address in served.ask("/").text
    answer = served.ask(address)
    assert answer.status == 200
    assert answer.text == "%PDF-1.7 a report"
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == "inline"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    (moved := folder.with_name("elsewhere")).mkdir()
    shutil.copytree(folder, moved, dirs_exist_ok=True)
    shutil.rmtree(folder)
    folder.symlink_to(moved)  # what is reached through a link may be anything
    assert served.ask(address).status == 404
    folder.unlink()
    moved.rename(folder)
    (folder / "report.pdf").unlink()
    (folder / "report.pdf").symlink_to(home.ledger / "ledger.jsonl")
    assert served.ask(address).status == 404
    shutil.rmtree(folder)
    assert served.ask(f"/reports/{published[3]}/results.json").status == 404
