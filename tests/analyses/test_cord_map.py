"""The cord map: where bars lie, who may see them, and what is told of small counts."""

import itertools
import json
import re

import numpy as np
import polars as pl
import pytest

from analyses.cohort import availability_of_columns
from analyses.figures import cord_map
from analyses.figures.case_looks import LOOKS
from analyses.figures.cord_geometry import (
    LEVELS,
    PLACES,
    SIGNS,
    Bar,
    Lesion,
    alone,
    packed,
    rows_used,
)
from analyses.figures.style import to_svg
from analyses.shown.cord_maps import (
    COLUMNS,
    lesion_frame,
    lesions_of,
    map_of_case,
    map_of_cohort,
    release_part,
)
from schemas.errors import IntegrityError, UsageError
from tests.analyses.figure_examples import cases, norms


def _lesion(key="1", upper="C3", lower="C5", place="central", **signs: str) -> Lesion:
    return Lesion(key, "ependymoma", upper, lower, place, tuple(signs.items()))


def _random(n: int, seed: int) -> list[Lesion]:
    rng = np.random.default_rng(seed)
    made = []
    for number in range(n):
        first, last = sorted(rng.integers(0, len(LEVELS), 2))
        signs = {sign: str(rng.choice(["present", "absent", "not_assessable"])) for sign in SIGNS}
        place = str(rng.choice(PLACES))
        made.append(_lesion(f"{number:03d}", LEVELS[first], LEVELS[last], place, **signs))
    return made


def _extent(bar: Bar) -> tuple[float, float]:
    boxes = [bar.box, *(box for mark in bar.marks for box in mark.boxes)]
    return min(b.top for b in boxes), max(b.bottom for b in boxes)


@pytest.mark.parametrize("seed", range(5))
def test_no_two_bars_touch_and_each_lies_in_the_zone_of_its_place(seed):
    lesions = _random(60, seed)
    made = packed(lesions)
    assert sorted(bar.key for bar in made.bars) == [lesion.key for lesion in lesions]
    for one, two in itertools.combinations(made.bars, 2):
        if one.box.left < two.box.right and two.box.left < one.box.right:
            (top, bottom), (other_top, other_bottom) = _extent(one), _extent(two)
            assert bottom < other_top or other_bottom < top
    zones = {zone.place: zone for zone in made.zones}
    for bar in made.bars:
        assert zones[bar.place].left <= bar.box.left < bar.box.right <= zones[bar.place].right


def test_the_order_of_the_rows_does_not_matter():
    lesions = _random(30, 1)
    assert packed(lesions) == packed(lesions[::-1])


def test_a_bar_covers_both_its_levels():
    box = alone(_lesion(upper="C3", lower="C5")).bars[0].box
    assert LEVELS[int(box.top)] == "C3"
    assert LEVELS[int(box.bottom)] == "C5"


def test_levels_below_l2_have_a_row_only_when_used():
    assert packed([_lesion()]).rows == rows_used()
    assert packed([_lesion(upper="L1", lower="S2")]).rows[-1] == "S2"


def test_reversed_levels_are_refused():
    with pytest.raises(IntegrityError, match="C5 below its lower level C3"):
        packed([_lesion(upper="C5", lower="C3")])


def test_a_mark_is_left_by_what_was_seen_and_by_what_could_not_be_judged():
    lesion = _lesion(
        oedema="present", syrinx="absent", polar_cyst="not_assessable", cap_sign="not_reported"
    )
    marks = {mark.sign: mark.is_seen for mark in alone(lesion).bars[0].marks}
    assert marks == {"oedema": True, "polar_cyst": False}


def test_a_place_on_the_right_is_drawn_on_the_left_as_on_an_image():
    left = Lesion("1", "other", "C3", "C5", "unilateral", ())
    right = Lesion("1", "other", "C3", "C5", "unilateral", (), is_mirrored=True)
    assert alone(left).bars[0].box.left > 0.5
    assert alone(right).bars[0].box.right < 0.5


def test_coordinates_for_a_browser_are_plain_and_name_no_case():
    made = packed(_random(9, 2)).as_json()
    assert json.loads(json.dumps(made))["bars"][0]["box"].keys() == {
        "left",
        "top",
        "right",
        "bottom",
    }
    assert "key" not in json.dumps(made)


def test_the_frame_needs_only_columns_of_the_cohort():
    assert set(COLUMNS) <= availability_of_columns().keys()


def test_the_frame_leaves_out_cases_without_consent_and_places_only_known_levels():
    both = pl.concat([cases(), cases().with_columns(consent_scope=pl.lit("site_only"))])
    frame = lesion_frame(both)
    assert frame.height == 7
    assert frame["group"].to_list()[:6] == [
        "ependymoma",
        "other",
        "astrocytic",
        "haemangioblastoma",
        "other",
        "not_known",
    ]
    assert len(lesions_of(frame)) == 6
    shown = map_of_cohort(frame, audience="open", may_see_cases=True)
    assert (shown.n, shown.unplaced) == (7, 1)
    assert "Without levels, not placed: 1 of 7 cases." in cord_map.alt_text(shown)


def test_rows_of_several_provenances_are_refused():
    frame = lesion_frame(pl.concat([cases(), cases("published")]))
    with pytest.raises(UsageError, match="published, simulated"):
        map_of_cohort(frame, audience="internal", may_see_cases=True)


@pytest.mark.parametrize(
    ("times", "may_see", "bars"), [(10, True, 60), (11, True, 0), (1, False, 0)]
)
def test_bars_are_for_those_who_may_see_cases_and_for_sixty_at_most(times, may_see, bars):
    frame = lesion_frame(cases(times=times))
    shown = map_of_cohort(frame, audience="open", may_see_cases=may_see)
    assert len(shown.lesions) == bars


def test_small_levels_and_small_groups_are_told_nowhere():
    many = cases("registry", times=20)
    is_few = pl.col("histology").is_in(["pilocytic_astrocytoma", "lymphoma"])
    few = many.filter(is_few & (pl.col("case_id").str.slice(2).cast(pl.Int64) < 3))
    lower = pl.when(pl.col("case_id") < "C1003").then(pl.lit("T3")).otherwise("level_lower")
    most = many.filter(histology="spinal_ependymoma").with_columns(level_lower=lower)
    frame = lesion_frame(pl.concat([few, most]))
    shown = map_of_cohort(frame, audience="internal", may_see_cases=False)
    table = cord_map.as_table(shown)
    assert table.header == ("Level", "Ependymoma", "Other type")
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["All placed"] == ("20", "6")
    assert rows["C4"] == ("20", "0")
    assert rows["T2"] == ("<5", "hidden")  # 3 of 6: "<5" of 6 would tell that it is not 1
    svg = to_svg(cord_map.draw(shown), name="m", provenance=None)
    assert "15%" not in svg  # 3 of 20
    assert cord_map.MERGED in svg
    assert cord_map.MERGED in cord_map.alt_text(shown)


@pytest.mark.parametrize("whole", [5, 6, 7, 9, 10, 14, 40])
def test_a_whole_of_five_or_more_is_never_hidden_for_a_part(whole):
    for part in range(whole + 1):
        shown = release_part(part, whole, audience="internal", provenance="registry")
        small = 0 < part < 5 or 0 < whole - part < 5
        assert (shown == part) is not small


def test_a_group_that_stays_small_has_no_levels():
    few = cases("registry").filter(pl.col("histology") == "lymphoma")
    most = cases("registry", times=20).filter(histology="spinal_ependymoma")
    many = cases("registry", times=9).filter(histology="haemangioblastoma")
    frame = lesion_frame(pl.concat([few, most, many]))
    shown = map_of_cohort(frame, audience="internal", may_see_cases=False)
    assert {g.name: bool(g.at) for g in shown.groups} == {
        "ependymoma": True,
        "haemangioblastoma": False,  # 30 less 20 less the other ones would tell a small count
        "other": False,
    }
    assert "haemangioblastoma CMJ" not in cord_map.alt_text(shown)


def test_a_cohort_of_five_or_fewer_says_that_it_is_too_small():
    frame = lesion_frame(cases("registry"))
    shown = map_of_cohort(frame, audience="internal", may_see_cases=False)
    assert "Too few cases to show their levels" in to_svg(
        cord_map.draw(shown), name="m", provenance=None
    )
    assert "Most frequent" not in cord_map.alt_text(shown)


def test_without_cases_or_levels_the_map_says_so():
    frame = lesion_frame(cases("registry"))
    none = map_of_cohort(frame.head(0), audience="internal", may_see_cases=True)
    assert "No case." in to_svg(cord_map.draw(none), name="m", provenance=None)
    assert map_of_case(frame, "C7000") is None
    assert map_of_case(frame, "elsewhere") is None


def test_a_case_has_its_length_levels_and_signs_beside_it():
    shown = map_of_case(lesion_frame(cases()), "C1000", norms=norms())
    assert shown is not None
    svg = to_svg(cord_map.draw(shown), name="m", provenance=None)
    for said in ("C3 to C6, 4 levels", "42 mm long", "central", "polar cyst", "no syrinx"):
        assert f">{said}<" in svg
    assert ("Syrinx", "absent") in cord_map.as_table(shown).rows
    assert "C1000" not in svg


def test_letters_can_be_read_on_their_colour():
    def light(colour: str) -> float:
        named = {"white": "#ffffff", "black": "#000000"}.get(colour, colour)
        parts = [int(x, 16) / 255 for x in re.findall("..", named[1:])]
        linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for look in LOOKS.values():
        dark, bright = sorted((light(look.colour), light(look.ink)))
        assert (bright + 0.05) / (dark + 0.05) >= 4.5
