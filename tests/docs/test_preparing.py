"""The page on preparing a delivery: every command on it is run, every output compared."""

import re
from pathlib import Path

import pytest

from tests.docs.test_first_delivery import as_pattern, folder, said
from tests.support.dated import clean_with_dates

ROOT = Path(__file__).parents[2]
__all__ = ["folder"]  # the fixture
PAGE = ROOT / "docs" / "preparing.md"


@pytest.mark.slow
@pytest.mark.xdist_group("page")
def test_the_page_is_true(folder: Path) -> None:
    (folder / "export").mkdir()
    clean_with_dates(folder / "export")
    shown: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", PAGE.read_text(), re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                shown.append((line[2:], []))
            else:
                shown[-1][1].append(line)
    assert len(shown) == 4
    for command, lines in shown:
        found = said(command, folder)
        assert re.fullmatch(as_pattern(lines), "\n".join(found)), (command, lines, found)
    assert "patient_id: {column: patient_id}" in (folder / "my-site.yaml").read_text()
