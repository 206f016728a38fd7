"""The methods of a report: complete sentences on what this run did, and only on that."""

import re

import pytest

from analyses.report import render_report, report_files
from analyses.report.methods import as_markdown, methods
from analyses.report.references import WORKS
from analyses.report.release import release
from analyses.report.shortening import shortened
from tests.analyses.real_results import CASES, real
from tests.analyses.report_fixture import hostile, results

KINDS = ("simulated", "published", "registry", "describe_only", "hostile")


def _page(found):
    return release(shortened(found))


def _check(page):
    """Grammar that a machine can see, every work used, every mark of a work there."""
    found = methods(page)
    for heading, text in found.parts:
        assert re.search(r"[.)]$", text), heading
        assert not re.search(r"None|\{|\}|  | ,|\.\.|\bnan\b|, \.|: \.|\(\)", text), (heading, text)
    marks = {
        int(n)
        for _, text in found.parts
        for mark in re.findall(r"\[([\d, ]+)\]", text)
        for n in mark.split(", ")
    }
    assert marks == set(range(1, len(found.works) + 1))
    assert set(found.works) <= set(WORKS.values())
    return " ".join(text for _, text in found.parts)


@pytest.mark.parametrize("case", KINDS)
def test_methods_are_whole_sentences_with_their_works(case):
    _check(_page(hostile() if case == "hostile" else results(case)))


@pytest.mark.parametrize("case", [*CASES, "times", "times_registry"])
def test_methods_of_real_runs_name_what_was_used_and_nothing_else(case):
    page = _page(real(case))
    said = _check(page)
    works = " ".join(methods(page).works)
    is_fitted, kind = bool(page["models"]), page["outcome"]["kind"]
    assert ("Mach Learn 2001;45:171" in works) == (kind == "multiclass" and is_fitted)
    assert ("Kaplan EL" in works) == (kind == "survival")
    assert ("Vickers" in works) == (kind == "binary" and is_fitted)
    assert ("TRIPOD+AI" in said) == is_fitted
    assert ("cross-validation" in said) == is_fitted


def test_every_number_is_of_the_results():
    found = results("simulated")
    said = " ".join(text for _, text in methods(_page(found)).parts)
    verdict, folds = found["verdict"], found["plan"]["resampling"]
    for part in (
        f"Of {found['data']['rows']} cases, {found['data']['used']} were analysed.",
        f"It happened in {found['outcome']['events']} of {found['outcome']['n']} cases",
        f"at least {verdict['minimum_n']} patients are needed",
        f"{folds['outer_folds']}-fold cross-validation was run",
        f"snapshot {found['provenance']['snapshot']}",
        f"seed {found['provenance']['seed']}",
    ):
        assert part in said
    for step in found["cohort"]["attrition"]:
        assert step["n_out"] == 0 or f"{step['step']} ({step['n_out']})" in said


def test_a_description_tells_of_no_model():
    said = " ".join(text for _, text in methods(_page(results("describe_only"))).parts)
    assert "No prediction model was fitted." in said
    for word in ("penalty", "validated", "cross-validation", "baseline"):
        assert word not in said


def test_the_page_and_the_file_tell_the_same_methods():
    found = results("published")
    page = render_report(found).decode()
    written = report_files(found)["methods.md"].decode()
    assert written == as_markdown(_page(found), found["title"])
    assert written.splitlines()[2].startswith("**Published case reports")
    for heading, _ in methods(_page(found)).parts:
        assert f"<strong>{heading}.</strong>" in page
        assert f"\n## {heading}\n" in written


def test_small_counts_of_confidential_rows_are_not_told():
    found = results("registry")
    found["cohort"]["attrition"] = found["cohort"]["attrition"][:1] + [
        {"step": "rare", "n_before": found["cohort"]["attrition"][0]["n_after"], "n_out": 3}
        | {"n_after": found["cohort"]["attrition"][0]["n_after"] - 3}
    ]
    said = as_markdown(_page(found), "t")
    assert "rare (3)" not in said
    assert "Counts of 1 to 4 are given as" in said


def test_marks_of_markdown_in_names_are_text():
    found = results("simulated")
    found["plan"]["name"] = "*bold* [a](b)"
    assert "\\*bold\\*" in as_markdown(_page(found), "# x <b>")
    assert "\\# x \\<b\\>" in as_markdown(_page(found), "# x <b>")
