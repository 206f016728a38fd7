"""The report: complete, self-contained, the same bytes each time, silent about small counts."""

import copy
import hashlib
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from analyses.disclosure import Hidden, Small
from analyses.report import render_report
from analyses.report.release import TOO_FEW, WITHHELD, release
from schemas.errors import IntegrityError
from tests.analyses.report_fixture import hostile, results

ROOT = Path(__file__).parents[2]
CASES = ("simulated", "published", "registry", "describe_only")


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {case: render_report(results(case)).decode() for case in CASES}


def text_of(html: str) -> str:
    """Text of a page without tags, white space made single."""
    body = re.sub(r"<style.*?</style>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_same_bytes_in_processes_with_different_hash_seeds():
    script = (
        "import sys; from analyses.report import render_report; "
        "from tests.analyses.report_fixture import results; "
        "sys.stdout.buffer.write(render_report(results('published')))"
    )
    hashes = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        made = subprocess.run(
            [sys.executable, "-c", script],
            env=environment,
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        hashes.add(hashlib.sha256(made.stdout).hexdigest())
    assert hashes == {hashlib.sha256(render_report(results("published"))).hexdigest()}


def test_input_is_not_changed():
    given = results("published")
    before = copy.deepcopy(given)
    render_report(given)
    assert given == before


@pytest.mark.parametrize("case", CASES)
def test_page_loads_nothing(pages, case):
    html = pages[case]
    assert "<script" not in html.lower()
    assert not re.search(r"<(link|img|iframe|object|embed|base|form)\b", html, re.IGNORECASE)
    assert not re.search(r"@import|url\((?!#)|\bsrc=", html)
    loads = re.sub(r'<a href="https://doi\.org/[^"]+"', "", html)
    loads = re.sub(r'xmlns(:xlink)?="http://www\.w3\.org/[^"]+"', "", loads)
    assert not re.search(r"https?://", loads)


@pytest.mark.parametrize("case", CASES)
def test_page_is_well_formed(pages, case):
    class Reader(HTMLParser):
        void = frozenset({"meta", "br", "img", "path", "use"})

        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []
            self.ids: list[str] = []
            self.levels: list[int] = []

        def handle_starttag(self, tag, attrs):
            self.ids += [value for name, value in attrs if name == "id"]
            if re.fullmatch(r"h[1-6]", tag):
                self.levels.append(int(tag[1]))
            if tag == "th":
                assert "scope" in dict(attrs)
            if tag not in self.void:
                self.open.append(tag)

        def handle_startendtag(self, tag, attrs):
            self.ids += [value for name, value in attrs if name == "id"]

        def handle_endtag(self, tag):
            if tag not in self.void:
                assert self.open.pop() == tag

    reader = Reader()
    reader.feed(pages[case])
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    assert reader.levels[0] == 1
    assert reader.levels.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(reader.levels, reader.levels[1:], strict=False))
    assert set(re.findall(r'href="#([^"]+)"', pages[case])) <= set(reader.ids)
    assert 'lang="en-GB"' in pages[case]


def test_verdict_comes_before_every_other_statement(pages):
    for case, html in pages.items():
        text = text_of(html[html.index("<main") :])
        assert text.index("Verdict") < text.index("cases analysed"), case
        assert "Research use only, not for clinical use." in html


def test_published_report_says_on_top_what_it_cannot_bear(pages):
    text = text_of(pages["published"])
    top = text[: text.index("Where the data come from Participants")]
    for said in ("No cohort.", "Editors print the unusual.", "frequencies mean nothing",
                 "Signs are printed mostly when present.", "No estimate for any patient.",
                 "of the predictor entries missing"):  # fmt: skip
        assert said in top
    assert "What such data cannot bear" not in pages["simulated"]
    assert "these patients do not exist" in pages["simulated"]


def test_describe_only_report_is_useful_without_models(pages):
    html = pages["describe_only"]
    text = text_of(html)
    assert "Description only: no model was fitted" in text
    assert "least 1873 patients" in text
    assert 'id="table-one"' in html
    assert 'id="missing"' in html
    for section in ("performance", "calibration", "decision", "specification", "not-yet"):
        assert f'id="{section}"' not in html


def test_what_is_not_computed_is_said(pages):
    text = text_of(pages["simulated"])
    for name in ("leave one centre out", "Instability of predictions", ".632+", "Harrell"):
        assert name in text
    assert text.count("The plan asks for no bootstraps of this model.") == 2
    assert "Harrell) estimates The penalty is chosen on the data." in text
    assert "Not possible here. It shows whether a model made without one hospital works" in text


def test_comparison_is_honest():
    given = results("simulated")
    assert "did not clearly beat the baseline" in text_of(render_report(given).decode())
    given["comparison"]["difference"]["log_loss"] = {"estimate": 0.02, "interval": [0.01, 0.03]}
    assert "predicted worse than the baseline" in text_of(render_report(given).decode())
    given["comparison"]["beats_baseline"] = True
    given["comparison"]["difference"]["log_loss"] = {"estimate": -0.02, "interval": [-0.03, -0.01]}
    assert "predicted better than the baseline" in text_of(render_report(given).decode())


def test_provenance_is_complete(pages):
    given = results("published")
    for value in (given["provenance"]["snapshot"], given["provenance"]["code"],
                  given["provenance"]["lock"], given["plan"]["sha256"], given["data"]["sha256"],
                  str(given["provenance"]["seed"])):  # fmt: skip
        assert value in pages["published"]


def test_hostile_labels_stay_text():
    html = render_report(hostile()).decode()
    assert "<img" not in html
    assert "<script" not in html
    assert "&lt;img" in html


def test_attrition_that_does_not_add_up_fails():
    given = results("simulated")
    given["cohort"]["attrition"][1]["n_out"] += 1
    with pytest.raises(IntegrityError):
        render_report(given)


def test_registry_report_shows_no_small_count():
    shown = release(results("registry"))
    raw = results("registry")

    def walk(node, other):
        if isinstance(node, dict):
            for key in node:
                if key in ("n", "events", "non_events", "missing", "recorded", "n_out"):
                    assert isinstance(node[key], (Small, Hidden)) or not 0 < (node[key] or 0) < 5
                walk(node[key], other)
        if isinstance(node, list):
            for part in node:
                walk(part, other)

    walk({k: shown[k] for k in ("data", "outcome", "cohort", "verdict")}, raw)
    assert shown["data"]["used"] == raw["data"]["used"]
    assert shown["audience"] == "internal"


def test_registry_with_few_events_withholds_what_rests_on_them():
    given = results("registry")
    n = given["data"]["used"]
    given["models"], given["comparison"] = [], None
    given["outcome"]["events"] = 3
    given["verdict"].update(events=3, level="describe_only", reasons=["E = 3 is below 10."])
    given["cohort"]["centres"] = []
    given["cohort"]["table_one"] = given["cohort"]["table_one"][:1]
    for group, size in zip(given["cohort"]["table_one"][0]["groups"], (n, 3, n - 3), strict=True):
        group["n"] = size
    given["warnings"] = [{"code": "few", "message": "Only 3 events."}]
    shown = release(given)
    assert shown["verdict"]["reasons"] == [TOO_FEW]
    assert shown["warnings"][0]["message"] == WITHHELD
    assert shown["verdict"]["minimum_n"] is None
    assert shown["cohort"]["table_one"][0]["groups"][1]["median"] is None
    assert "&lt;5" in render_report(given).decode()


def test_registry_groups_with_few_cases_leave_the_calibration_figure():
    given = results("registry")
    bins = given["models"][1]["curves"]["calibration"]["bins"]
    bins[0].update(n=15, observed=1 / 15)
    kept = release(given)["models"][1]["curves"]["calibration"]["bins"]
    assert len(kept) < len(bins)
    assert all(group["n"] != 15 or group["observed"] != 1 / 15 for group in kept)


def test_free_table_without_steps_predictors_or_curves():
    given = results("simulated")
    given["cohort"].update(provenance=None, attrition=[], table_one=[], missingness=[], centres=[])
    for model in given["models"]:
        model["curves"] = {"calibration": None, "decision": [], "roc": []}
        model["tuning"] = None
        model["performance"]["nested_cv"] = {}
    given["comparison"] = None
    html = render_report(given).decode()
    assert "Origin of the rows not stated" in html
    assert "were not compared with the baseline" in text_of(html)
    assert 'id="calibration"' not in html


def test_many_warnings_of_a_kind_are_folded():
    given = results("simulated")
    column = given["cohort"]["missingness"][0]["column"]
    given["warnings"] = [
        {"code": "mostly_missing", "message": f"{column} is missing in {n} % of the cases."}
        for n in (60, 70, 80, 90)
    ]
    text = text_of(render_report(given).decode())
    assert "2 more of this kind" in text
    assert "Age is missing in 90 %" in text
