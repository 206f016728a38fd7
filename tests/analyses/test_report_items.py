"""Reporting items and model card: a row says filled only where place and artefact are there."""

import hashlib
import json
import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest

from analyses.report.files import PAGE, report_files
from analyses.report.items.item import CONDITIONS, lists
from analyses.report.release import release
from analyses.report.shortening import shortened
from analyses.results import to_json
from tests.analyses.kinds_of_report import KINDS, kind_of_report
from tests.analyses.report_fixture import results as made_up

#: The runs are made once for this file, in one process.
pytestmark = pytest.mark.xdist_group("items")
Row = dict[str, str]
#: Of every kind of report: how many rows of TRIPOD+AI are filled, in part, a person's, not for it.
TRIPOD = {
    "binary": (11, 15, 17, 9),
    "classes": (10, 15, 18, 9),
    "grades": (10, 15, 18, 9),
    "times": (10, 15, 18, 9),
    "seven": (4, 9, 17, 22),
    "nobody": (3, 6, 21, 22),
    "confidential": (11, 15, 21, 5),
    "confidential_seven": (4, 9, 21, 18),
    "free_table": (11, 14, 22, 5),
    "features": (11, 15, 17, 9),
    "published": (8, 14, 23, 7),
    "registry": (8, 15, 22, 7),
    "describe_only": (4, 8, 22, 18),
}


class Page(HTMLParser):
    """Ids of a page, and the rows of its item tables with the links and codes in each cell."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.html = html
        self.rows: dict[str, list[Row]] = {}
        self.table, self.cells, self.code, self.link = "", [""], list[str](), ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids.add(given.get("id") or "")
        if tag == "table":
            self.table = given.get("id") or ""
        elif tag == "tr":
            self.cells, self.code, self.link = [], [], ""
        elif tag in ("td", "th"):
            self.cells.append("")
        elif tag == "code":
            self.code.append("")
        elif tag == "a" and (given.get("href") or "").startswith("#"):
            self.link = str(given["href"])[1:]

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data
        if self.code and self.get_starttag_text() and self.cells and len(self.cells) == 4:
            self.code[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr" and self.table.startswith("items-") and len(self.cells) == 4:
            row = {"number": self.cells[0].split(" ")[0], "here": self.cells[2], "place": self.link}
            names = ("artefact", "hash")
            row |= {n: c.strip() for n, c in zip(names, self.code, strict=False)}
            if row["number"] != "Item":
                self.rows.setdefault(self.table, []).append(row)
        if tag == "table":
            self.table = ""


def _is_answered(row: Row) -> bool:
    return row["here"].startswith(("Filled", "Facts given"))


def _untrue(page: Page, results: dict[str, Any], files: dict[str, bytes]) -> list[str]:
    """Every row that claims what is not so; hashes are made here in a way of its own."""
    found = []
    for table, rows in page.rows.items():
        for row in rows:
            where = f"{table} {row['number']}"
            if not _is_answered(row):
                if row["place"] or "artefact" in row:
                    found.append(f"{where}: not filled, yet it names a place or an artefact")
                continue
            if row["place"] not in page.ids:
                found.append(f"{where}: no section {row['place']!r}")
            name, _, pointer = row.get("artefact", "").partition("#/")
            data = files.get(name, b"")
            if pointer:
                node = json.loads(data)
                for step in pointer.split("/"):
                    node = node[int(step)] if isinstance(node, list) else node.get(step)
                    if node is None:
                        break
                data = b"" if node in (None, "", [], {}) else _canonical(node)
            if not data:
                found.append(f"{where}: nothing behind {row.get('artefact')!r}")
            elif hashlib.sha256(data).hexdigest()[:12] != row.get("hash"):
                found.append(f"{where}: not the hash of {row['artefact']}")
    return found


def _canonical(node: Any) -> bytes:
    return (json.dumps(node, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


def _released(results: dict[str, Any]) -> dict[str, Any]:
    """What stands for `results.json` where counts are confidential: hidden ones as said."""
    page = release(shortened(results))

    def said(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: said(value) for key, value in node.items()}
        if isinstance(node, list):
            return [said(value) for value in node]
        return node if isinstance(node, str | int | float | None) else str(node)

    return said(page)


@cache
def _report(kind: str) -> tuple[Page, dict[str, Any], dict[str, bytes]]:
    results, beside = kind_of_report(kind) if kind in KINDS else (made_up(kind), {})
    files = report_files(results, beside=beside)
    page = Page(files[PAGE].decode())
    is_exact = results["cohort"]["provenance"] in ("simulated", "published")
    whole = to_json(results if is_exact else _released(results))
    return page, results, files | beside | {"results.json": whole}


@pytest.mark.parametrize("kind", TRIPOD)
def test_no_row_says_filled_without_a_place_and_an_artefact(kind: str) -> None:
    page, results, files = _report(kind)
    assert _untrue(page, results, files) == []
    assert {table: len(rows) for table, rows in page.rows.items()} == {
        f"items-{each.id}": len(each.items)
        for each in lists()
        if each.id != "metrics" or kind == "features"
    }


@pytest.mark.parametrize("kind", TRIPOD)
def test_counts_are_those_of_the_rows(kind: str) -> None:
    page, *_ = _report(kind)
    rows = page.rows["items-tripod"]
    starts = ("Filled in part", "A person must write this", "Does not apply")
    part, person, none = (sum(r["here"].startswith(s) for r in rows) for s in starts)
    filled = len(rows) - part - person - none
    assert (
        f"{filled} of 52 items filled from this run; {part} in part; {person} a person" in page.html
    )
    assert (filled, part, person, none) == TRIPOD[kind]


def test_a_row_that_lies_is_found() -> None:
    page, results, files = _report("binary")
    row = next(r for r in page.rows["items-tripod"] if _is_answered(r))
    for key, value, said in (
        ("place", "nowhere", "no section"),
        ("hash", "0" * 12, "not the hash"),
        ("artefact", "results.json#/associations/none", "nothing behind"),
        ("artefact", "tables/none.csv", "nothing behind"),
        ("here", "A person must write this", "names a place"),
    ):
        kept = row[key]
        row[key] = value
        assert [each for each in _untrue(page, results, files) if said in each], key
        row[key] = kept
    del row["artefact"]
    assert "nothing behind" in " ".join(_untrue(page, results, files))


@pytest.mark.parametrize(
    ("gone", "table", "number"),
    [
        (("subgroups",), "items-tripod", "14"),
        (("comparison", "difference"), "items-clear", "41"),
        (("plan", "resampling"), "items-probast", "E4.6"),
        (("cohort", "centres"), "items-tripod", "6a"),
    ],
)
def test_what_the_results_lack_is_not_filled(
    gone: tuple[str, ...], table: str, number: str
) -> None:
    def row(results: dict[str, Any], beside: dict[str, bytes]) -> Row:
        rows = Page(report_files(results, beside=beside)[PAGE].decode()).rows[table]
        return next(each for each in rows if each["number"] == number)

    results, beside = kind_of_report("binary")
    assert _is_answered(row(results, beside))
    node = results
    for step in gone[:-1]:
        node = node[step]
    node[gone[-1]] = {} if isinstance(node[gone[-1]], dict) else []
    assert row(results, beside)["here"].startswith("A person must write this")


def test_an_answer_leads_to_the_section_that_gives_it() -> None:
    page, *_ = _report("binary")
    places = {
        f"{table} {row['number']}": row["place"]
        for table, rows in page.rows.items()
        for row in rows
    }
    for place, items in {
        "outcome": ("items-tripod 8a", "items-clear 18", "items-clear 30"),
        "availability": ("items-tripod 9b", "items-clear 17"),
        "discrimination": ("items-tripod 23a", "items-clear 47", "items-probast E4.1"),
        "performance": ("items-clear 37", "items-clear 41"),
        "methods": ("items-tripod 12e", "items-clear 39"),
    }.items():
        assert {item: places[item] for item in items} == dict.fromkeys(items, place)


def test_no_run_rates_its_own_bias() -> None:
    for kind in ("binary", "features"):
        page, *_ = _report(kind)
        judged = {f"items-{each.id}" for each in lists() if each.judged}
        for table in judged & set(page.rows):
            assert not [r for r in page.rows[table] if r["here"].startswith("Filled")]
    binary, *_ = _report("binary")
    facts = {row["number"]: row["here"] for row in binary.rows["items-probast"]}
    assert "cases in the smallest group for" in facts["D4.1"]
    assert "apparent" in facts["E4.1"]
    assert "Each centre was also left out as a whole" in facts["E4.5"]


def test_a_confidential_report_tells_no_hash_from_which_a_count_could_be_found() -> None:
    page, results, _ = _report("confidential_seven")
    assert results["outcome"]["events"] < 5
    for key in ("outcome", "cohort/centres", "cohort/table_one", "verdict"):
        node: Any = json.loads(to_json(results))
        for step in key.split("/"):
            node = node[step]
        rows = [r for table in page.rows.values() for r in table]
        assert [r for r in rows if r.get("artefact") == f"results.json#/{key}"]
        assert hashlib.sha256(_canonical(node)).hexdigest()[:12] not in page.html


def test_the_lists_are_whole_and_name_only_what_exists() -> None:
    sizes = {each.id: len(each.items) for each in lists()}
    assert sizes == {"tripod": 52, "probast": 12, "clear": 58, "metrics": 30}
    for each in lists():
        numbers = [item.number for item in each.items]
        assert len(set(numbers)) == len(numbers)
        for item in each.items:
            assert {item.needs, *(f.split(" ")[2] for f in item.found if f.count(" ") > 1)} <= {
                "",
                *CONDITIONS,
            }
            assert not (item.never and (item.found or item.person))
    assert [i.number for i in lists()[2].items] == [str(n) for n in range(1, 59)]
    assert len({i.number.rstrip("abcdefg") for i in lists()[0].items}) == 27


def _card(kind: str) -> str:
    html = _report(kind)[0].html
    found = re.search(r'<section aria-labelledby="model-card">.*?</section>', html, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_the_card_says_what_the_model_file_says() -> None:
    results, beside = kind_of_report("binary")
    described, text = json.loads(beside["model.json"]), _card("binary")
    assert described["id"] in text
    assert described["intended_use"] in text
    assert f"{described['n']} cases, 4 centres" in text
    for row in described["predictors"]:
        if row["range"]:
            assert f"{row['range'][0]:.4g} to {row['range'][1]:.4g}" in text
    auc = results["models"][1]["performance"]["nested_cv"]["auc"]["estimate"]
    assert f"AUC {auc:.2f}" in text
    assert "imsct apply" in text
    assert "A person must write this" in text
    assert "by each horizon (24 months, 60 months)" in _card("times")
    assert "one probability for each group" in _card("classes")


def test_without_a_model_the_card_says_why() -> None:
    for kind in ("seven", "nobody"):
        reasons = kind_of_report(kind)[0]["verdict"]["reasons"]
        assert _card(kind) == f"Model card No model was made. {' '.join(reasons)}"
    assert "how few is not told" in _card("confidential_seven")
