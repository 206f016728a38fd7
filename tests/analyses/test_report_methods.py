"""The methods of a report: complete sentences on what this run did, and only on that."""

import pytest

from analyses.report import render_report, report_files
from analyses.report.methods import as_markdown, methods
from tests.analyses.beside import check_methods, released
from tests.analyses.report_fixture import hostile, results

KINDS = ("simulated", "published", "registry", "describe_only", "hostile")


@pytest.mark.parametrize("case", KINDS)
def test_methods_are_whole_sentences_with_their_works(case):
    check_methods(released(hostile() if case == "hostile" else results(case)))


def test_every_number_is_of_the_results():
    found = results("simulated")
    said = " ".join(text for _, text in methods(released(found)).parts)
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
    said = " ".join(text for _, text in methods(released(results("describe_only"))).parts)
    assert "No prediction model was fitted." in said
    for word in ("penalty", "validated", "cross-validation", "baseline"):
        assert word not in said


def test_the_page_and_the_file_tell_the_same_methods():
    found = results("published")
    page = render_report(found).decode()
    written = report_files(found)["methods.md"].decode()
    assert written == as_markdown(released(found), found["title"])
    assert written.splitlines()[2].startswith("**Published case reports")
    for heading, _ in methods(released(found)).parts:
        assert f"<strong>{heading}.</strong>" in page
        assert f"\n## {heading}\n" in written


def test_small_counts_of_confidential_rows_are_not_told():
    found = results("registry")
    first = found["cohort"]["attrition"][0]
    left = first["n_after"]
    rare = {"step": "rare", "n_before": left, "n_out": 3, "n_after": left - 3}
    found["cohort"]["attrition"] = [first, rare]
    said = as_markdown(released(found), "t")
    assert "rare (3)" not in said
    assert "Counts of 1 to 4 are given as" in said


def test_marks_of_markdown_in_names_are_text():
    found = results("simulated")
    found["plan"]["name"] = "*bold* [a](b)"
    assert "\\*bold\\*" in as_markdown(released(found), "# x <b>")
    assert "\\# x \\<b\\>" in as_markdown(released(found), "# x <b>")
