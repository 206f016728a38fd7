"""The picture of the house and its table are the ones made from the code as it is now."""

import itertools
import re
from pathlib import Path

import pytest

from docs.draw_architecture import PAGE, PICTURE, House, draw, read_house, reduced, with_generated


@pytest.fixture(scope="module")
def house() -> House:
    """The house as the code has it."""
    return read_house()


def test_the_committed_picture_is_the_one_of_the_code(house: House) -> None:
    assert PICTURE.read_text(encoding="utf-8") == draw(house), "write it again: make docs"


def test_the_committed_page_is_the_one_of_the_code(house: House) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_generated(page, house), "write it again: make docs"


def test_imports_go_down_only(house: House) -> None:
    floor = {name: place for place, floor in enumerate(house.floors) for name in floor}
    assert {"orchestration", "schemas"} < set(floor)
    assert house.imports
    for importer, imported in sorted(house.imports):
        assert floor[importer] < floor[imported], f"{importer} imports {imported}"


def test_every_package_and_every_layer_is_in_the_picture(house: House) -> None:
    svg = PICTURE.read_text(encoding="utf-8")
    shown = {text.strip() for text in re.findall(r">([^<>]+)</text>", svg)}
    assert {f"{name}/" for name in itertools.chain(*house.floors)} <= shown
    assert {"landing", *itertools.chain(*house.way)} <= shown


def test_another_import_makes_another_page(house: House) -> None:
    page = PAGE.read_text(encoding="utf-8")
    more = house.part_imports | {("schemas", "warehouse")}
    changed = House(**{**vars(house), "part_imports": frozenset(more)})
    assert with_generated(page, changed) != page


def test_reduced_leaves_out_only_what_a_longer_way_says() -> None:
    assert reduced(frozenset({("a", "b"), ("b", "c"), ("a", "c")})) == {("a", "b"), ("b", "c")}
    assert reduced(frozenset({("a", "b"), ("a", "c")})) == {("a", "b"), ("a", "c")}


def test_a_page_without_the_marks_is_refused(house: House) -> None:
    with pytest.raises(SystemExit, match="the marks of 'picture' are missing"):
        with_generated(Path("nothing").name, house)
