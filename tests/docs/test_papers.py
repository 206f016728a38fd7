"""What the papers name exists: links, paths, tests, make targets; decisions are listed once."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAPERS = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])
#: What is at the top of the repository: a path in the papers begins with one of these.
TOP = {
    *("analyses", "assets", "benchmarks", "dashboard", "docs", "orchestration", "schemas"),
    *("tests", "warehouse"),
}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)


def _name(path: Path) -> str:
    """A paper as its path within the repository."""
    return path.relative_to(ROOT).as_posix()


def paths_in(text: str) -> set[str]:
    """Paths of the repository that stand in code marks; patterns and placeholders are none."""
    words = {word.rstrip(".,;:") for span in CODE.findall(text) for word in span.split()}
    return {
        word
        for word in words
        if word.split("/")[0] in TOP and "/" in word and not set("<>*") & set(word)
    }


@cache
def anchors_of(paper: Path) -> frozenset[str]:
    """Places of a paper that a link can lead to: its headings, and anchors of their own."""
    text = paper.read_text("utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    named = (re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings)
    return frozenset({*named, *re.findall(r'<a id="([^"]+)">', text)})


def broken_links(paper: Path, text: str) -> list[str]:
    """Links within the repository that lead nowhere."""
    found = []
    for link in LINK.findall(text):
        target, _, part = link.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        path = paper.parent / target if target else paper
        if (
            not path.exists()
            or not path.resolve().is_relative_to(ROOT)
            or (part and part not in anchors_of(path))
        ):
            found.append(link)
    return found


def missing_paths(text: str) -> list[str]:
    """Named files, folders and tests that do not exist."""
    found = []
    for word in sorted(paths_in(text)):
        path, _, test = word.partition("::")
        here = ROOT / path
        if not here.exists() or (test and f"def {test}(" not in here.read_text("utf-8")):
            found.append(word)
    return found


@pytest.mark.parametrize("paper", PAPERS, ids=_name)
def test_every_link_within_the_repository_leads_somewhere(paper: Path) -> None:
    assert broken_links(paper, paper.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("paper", PAPERS, ids=_name)
def test_every_path_that_is_named_exists(paper: Path) -> None:
    assert missing_paths(paper.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("paper", PAPERS, ids=_name)
def test_every_make_target_that_is_named_exists(paper: Path) -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    spans = CODE.findall(paper.read_text(encoding="utf-8"))
    named = {span.split()[1] for span in spans if re.match(r"make [a-z-]+", span)}
    assert named <= targets


def test_every_decision_is_listed_once() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = LINK.findall((folder / "README.md").read_text(encoding="utf-8"))
    pages = [path.name for path in folder.glob("*.md") if path.name != "README.md"]
    assert sorted(link for link in listed if link.endswith(".md") and "/" not in link) == sorted(
        pages
    )


def test_every_measurement_belongs_to_a_page() -> None:
    pages = "".join(path.read_text("utf-8") for path in (ROOT / "docs" / "decisions").glob("*.md"))
    helpers = {"_setting.py", "rooms.py"}
    scripts = (ROOT / "benchmarks" / "decisions").rglob("*.py")
    assert [s.name for s in scripts if s.name not in helpers and _name(s) not in pages] == []


def test_the_papers_are_found_and_a_wrong_one_is_seen(tmp_path: Path) -> None:
    assert {"README.md", "GLOSSARY.md", "docs/architecture.md"} <= {_name(p) for p in PAPERS}
    wrong = "[a](nowhere.md) and `docs/nowhere.md` and `tests/docs/test_papers.py::test_nothing`"
    assert broken_links(ROOT / "README.md", wrong) == ["nowhere.md"]
    assert missing_paths(wrong) == ["docs/nowhere.md", "tests/docs/test_papers.py::test_nothing"]
