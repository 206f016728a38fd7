"""The written pages are those of the code, and leave no column, value or claim unexplained."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyses.claims import CLAIMS
from analyses.eligibility import EXCLUSIONS
from analyses.endpoints import ENDPOINTS
from docs.write_pages import FOLDER, RULES, pages, stale
from schemas.catalogue import all_checks
from schemas.columns import Code, Column, Integer, Number
from schemas.histology import TYPES
from schemas.pages.rule_pages import Example, rule_page
from schemas.pages.words import AVAILABILITY
from schemas.table import Table
from schemas.tables import TABLES
from schemas.vocabularies import all_vocabularies
from tests.support.rule_examples import FILES, examples_in

COLUMNS = [
    pytest.param(table, column, id=f"{table.name}.{column.name}")
    for table in TABLES
    for column in table.columns
]
#: Numbers whose range depends on another column of the row, and where the page says it.
BY_ROW = {"value": "vocabularies.md#measures", "score": "vocabularies.md#scales"}
#: One process writes the pages, once: it takes many seconds.
pytestmark = pytest.mark.xdist_group("pages")


@pytest.fixture(scope="module")
def written() -> dict[Path, str]:
    """Every page as the code writes it."""
    return pages()


@pytest.fixture(scope="module")
def made(written: dict[Path, str]) -> dict[str, str]:
    """Every page by its name within `docs`."""
    return {path.relative_to(FOLDER).as_posix(): text for path, text in written.items()}


def test_the_committed_pages_are_those_of_the_code(written: dict[Path, str]) -> None:
    assert stale(written) == [], "write them again: make docs"


def test_a_page_that_differs_is_missing_or_is_left_over_is_noticed(
    written: dict[Path, str],
) -> None:
    now = written
    dictionary, left = FOLDER / "dictionary.md", RULES / "cases.md"
    changed = {**now, dictionary: now[dictionary] + "x", FOLDER / "none.md": ""}
    del changed[left]
    assert stale(changed) == sorted([dictionary, FOLDER / "none.md", left])


def _blocks(page: str) -> dict[str, str]:
    """What stands below each anchor of a page, up to the next."""
    parts = re.split(r'^<a id="([^"]+)"></a>$', page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture(scope="module")
def blocks(made: dict[str, str]) -> dict[str, str]:
    """The dictionary by anchor."""
    return _blocks(made["dictionary.md"])


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_clinician_finds_no_column_unexplained(
    table: Table, column: Column, blocks: dict[str, str]
) -> None:
    """As the page says it, not as the code has it: definition, values, unit, required, known."""
    if column.name.endswith("_missing_reason"):
        number = column.name.removesuffix("_missing_reason")
        assert f"the reason in `{column.name}`" in blocks[f"{table.name}-{number}"]
        return
    block = blocks[f"{table.name}-{column.name}"]
    named = re.search(r"^\*\*`(\w+)`\*\* \(([^)]+)\)\. ([A-Z].{3,}\.)$", block, re.MULTILINE)
    assert named
    assert named[1] == column.name
    (values,) = re.findall(r"^- values: (.+)$", block, re.MULTILINE)
    match column.type:
        case Code(vocabulary):
            assert f"](vocabularies.md#{vocabulary.name})" in values
        case Integer() | Number():
            limits = re.match(r"(whole )?number, (-?[0-9.]+ to [0-9.]+|[0-9]+ or more), ", values)
            unit = column.unit or "no unit"
            assert BY_ROW.get(column.name, "-") in values or (limits and f", {unit}" in values)
        case _:
            assert len(values) > 10
    facts = re.search(r"^- required: (.+) · known: (.+) · since: ([1-9])$", block, re.MULTILINE)
    assert facts
    assert facts[2] in {known.short for known in AVAILABILITY.values()}


def test_every_vocabulary_value_has_its_meaning(made: dict[str, str]) -> None:
    blocks = _blocks(made["vocabularies.md"])
    for name, vocabulary in all_vocabularies().items():
        rows = dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", blocks[name], re.MULTILINE))
        assert list(rows) == list(vocabulary.codes), name
        assert all(meaning.strip() for meaning in rows.values())
    types = re.findall(r"^\| ([a-z0-9 ]+) \|.+\| (yes|no) \|$", blocks["types"], re.MULTILINE)
    assert types == [(t.code.replace("_", " "), "yes" if t.is_seen else "no") for t in TYPES]


def test_mccormick_stands_side_by_side_without_a_mapping(made: dict[str, str]) -> None:
    block = _blocks(made["vocabularies.md"])["mccormick"]
    assert "no mapping between them exists" in block
    rows = re.findall(r"^\| ([1-5]) \| ([^|]+) \| ([^|]+) \|$", block, re.MULTILINE)
    assert [grade for grade, _, _ in rows] == ["1", "2", "3", "4", "5"]
    assert rows[-1][1] == "no such grade"
    assert all(original != modified for _, original, modified in rows)


def test_every_rule_is_shown_with_a_row_that_holds_and_one_that_does_not(
    made: dict[str, str],
) -> None:
    for path in FILES:
        for example in examples_in(path):
            block = _blocks(made[f"rules/{example.page}.md"])[
                f"{example.page}-{example.rule.lower()}"
            ]
            assert f"**Example.** {example.sentence}\n" in block
    for check in all_checks():
        assert f"| {check.rule} |" in made["rules/README.md"]


def test_every_endpoint_says_when_it_is_known_and_who_is_left_out(made: dict[str, str]) -> None:
    blocks = _blocks(made["endpoints.md"])
    assert list(blocks) == list(ENDPOINTS)
    for block in blocks.values():
        reasons = re.findall(r"^1\. (.+)$", block, re.MULTILINE)
        assert [r for r in EXCLUSIONS if r in reasons] == reasons
        assert len(reasons) > 3
        assert "Known: " in block
    said = {r for block in blocks.values() for r in re.findall(r"^1\. (.+)$", block, re.MULTILINE)}
    assert said == set(EXCLUSIONS)


def test_every_claim_is_on_its_page(made: dict[str, str]) -> None:
    blocks = _blocks(made["claims.md"])
    for claim in CLAIMS:
        block = blocks[claim.id.lower()]
        assert f"### {claim.id}. {claim.statement}\n" in block
        for statistic in claim.statistics:
            assert f"- Statistic: {statistic.name}; [{statistic.rule}]" in block
        assert all(finding.text in block for finding in claim.literature)


def _tables(pages: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Every Markdown table with the page it is on."""
    for name, text in pages.items():
        for found in re.findall(r"(?:^\|.+\|$\n?)+", text, re.MULTILINE):
            yield name, found.splitlines()


def test_no_table_is_too_wide_to_read_or_broken(made: dict[str, str]) -> None:
    assert len(list(_tables(made))) > 50
    for name, lines in _tables(made):
        widths = {len(re.split(r"(?<!\\)\|", line)) - 2 for line in lines}
        assert len(widths) == 1, (name, lines[0])
        example = name.startswith("rules/") and "README" not in name
        # the simulated registry has nine groups of tumours side by side, in short numbers
        most = 12 if name == "simulation.md" else 10 if example else 8
        assert widths <= set(range(most)), (name, lines[0])


def test_an_example_shows_an_empty_cell_and_what_was_said_of_each_row(tmp_path: Path) -> None:
    test = tmp_path / "test_cases.py"
    test.write_text(
        'def test_r012_x(check_rule):\n    """One sentence."""\n    check_rule("R012", cases="""\n'
        "        case_id | age_years\n        --------+---\n        C1 | 7\n        C2 |\n"
        '        C2 | 8\n    """, refused=["C2"], by_others=["C1"])\n'
    )
    (example,) = examples_in(test)
    assert example == Example(
        rule="R012",
        page="cases",
        sentence="One sentence.",
        tables=(
            (
                "cases",
                (
                    {"case_id": "C1", "age_years": "7"},
                    {"case_id": "C2", "age_years": ""},
                    {"case_id": "C2", "age_years": "8"},
                ),
            ),
        ),
        verdicts=("another rule breaks", "holds", "**refused**"),
    )
    page = rule_page("cases", [example])
    assert "| R012 | case_id | age_years |\n" in page
    assert "| holds | `C2` | *empty* |\n" in page
