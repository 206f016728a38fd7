"""Disclosure control: what is shown, what is hidden, and that nothing small can be worked out."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyses.disclosure import (
    SMALLEST_SHOWN,
    Hidden,
    Shown,
    Small,
    audience_for,
    disclose,
)
from schemas.errors import IntegrityError, UsageError

Cell = tuple[int, int]


def internal(counts, sums=(), **more) -> dict:
    return disclose(counts, sums=sums, audience="internal", provenance="registry", **more)


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0"), (1, "<5"), (4, "<5"), (5, "5"), (412, "412")]
)
def test_a_single_count(count, shown):
    assert str(internal({"n": count})["n"]) == shown


def test_the_complement_of_a_small_count_is_hidden_too():
    shown = internal({"all": 60, "yes": 3, "no": 57}, [("all", ["yes", "no"])])
    assert shown == {"all": 60, "yes": Small(), "no": Hidden()}


def test_two_small_counts_that_their_total_would_tell_are_not_told():
    shown = internal({"all": 8, "a": 4, "b": 4}, [("all", ["a", "b"])])
    assert Small() not in {shown["a"], shown["b"]}


def test_a_count_told_twice_is_hidden_twice():
    shown = internal(
        {"all": 60, "yes": 3, "no": 57, "again": 57},
        [("all", ["yes", "no"]), ("again", ["no"])],
    )
    assert shown["again"] == Hidden()


def test_a_sign_of_three_cases_does_not_hide_the_outcome_and_everything_else():
    """The smallest other count anywhere used to go first: it hid the page and gave no shelter."""
    counts = {"all": 260, "present": 3, "absent": 257, "yes": 95, "no": 165}
    counts |= {"present yes": 3, "present no": 0, "absent yes": 92, "absent no": 165}
    shown = internal(
        counts,
        [
            ("all", ["yes", "no"]),
            ("all", ["present", "absent"]),
            ("yes", ["present yes", "absent yes"]),
            ("no", ["present no", "absent no"]),
            ("present", ["present yes", "present no"]),
            ("absent", ["absent yes", "absent no"]),
        ],
        keep=["all", "yes", "no"],
    )
    told = {name for name, count in shown.items() if isinstance(count, int)}
    assert told == {"all", "yes", "no", "present no", "absent no"}


def test_totals_to_keep_go_last():
    counts = {"before": 60, "out": 3, "after": 57, "small": 2, "rest": 55}
    sums = [("before", ["out", "after"]), ("after", ["small", "rest"])]
    shown = internal(counts, sums, keep=["after"])
    assert shown["after"] == 57
    assert shown["before"] == Hidden()


def test_a_zero_that_the_sums_alone_tell_stops_nothing():
    # one case with the event: of three steps that left nobody out hiding can make no secret
    counts = {"rows": 120, "event": 1, "none": 119, "recorded": 119, "unrecorded": 0}
    counts |= {"out 1": 0, "left 1": 120, "out 2": 0, "left 2": 120, "out 3": 0}
    shown = internal(
        counts,
        [
            ("rows", ["event", "none"]),
            ("rows", ["out 1", "left 1"]),
            ("left 1", ["out 2", "left 2"]),
            ("left 2", ["out 3", "rows"]),
            ("none", ["recorded", "unrecorded"]),
        ],
    )
    assert not isinstance(shown["event"], int)
    assert not isinstance(shown["none"], int)


def test_public_rows_are_exact_and_others_are_refused():
    assert disclose({"n": 2}, sums=[], audience="open", provenance="published") == {"n": 2}
    for provenance in ("registry", None):
        with pytest.raises(UsageError, match="exact counts"):
            disclose({"n": 2}, sums=[], audience="open", provenance=provenance)


def test_audience_follows_provenance():
    assert [audience_for(p) for p in ("simulated", "published", "registry", None)] == [
        "open", "open", "internal", "internal",
    ]  # fmt: skip


def test_counts_that_cannot_be_are_refused():
    with pytest.raises(IntegrityError, match="negative"):
        internal({"n": -1})
    with pytest.raises(IntegrityError, match="add up"):
        internal({"n": 3, "a": 1}, [("n", ["a"])])


def table(cells: list[list[int]]) -> tuple[dict[Cell, int], list]:
    """Counts and sums of a two-way table; row and column -1 are the margins."""
    rows, columns = range(len(cells)), range(len(cells[0]))
    counts = {(i, j): cells[i][j] for i in rows for j in columns}
    counts |= {(i, -1): sum(cells[i]) for i in rows}
    counts |= {(-1, j): sum(row[j] for row in cells) for j in columns}
    counts[-1, -1] = sum(map(sum, cells))
    sums = [((i, -1), [(i, j) for j in columns]) for i in (*rows, -1)]
    sums += [((-1, j), [(i, j) for i in rows]) for j in (*columns, -1)]
    return counts, sums


def completions(shown: dict[Cell, Shown], shape: Cell, *, told: bool) -> Iterator[dict[Cell, int]]:
    """Every table of counts that agrees with what is shown, by trying all (counts up to 10)."""

    def agrees(count: int, symbol: Shown) -> bool:
        if isinstance(symbol, int):
            return count == symbol
        return not (told and isinstance(symbol, Small)) or 1 <= count < SMALLEST_SHOWN

    places = [(i, j) for i in range(shape[0]) for j in range(shape[1])]
    choices = [[n for n in range(11) if agrees(n, shown[p])] for p in places]
    for values in itertools.product(*choices):
        cells = [list(values[i * shape[1] : (i + 1) * shape[1]]) for i in range(shape[0])]
        counts, _ = table(cells)
        if all(agrees(counts[name], shown[name]) for name in shown if -1 in name):
            yield counts


@settings(max_examples=12, deadline=None)
@given(st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=2), min_size=2, max_size=2))
def test_exhaustive_search_of_small_tables_finds_nothing_small(cells):
    counts, sums = table(cells)
    shown = internal(counts, sums)
    found = {told: list(completions(shown, (2, 2), told=told)) for told in (False, True)}
    for name, symbol in shown.items():
        if isinstance(symbol, int):
            assert symbol == counts[name]
            assert not 0 < symbol < SMALLEST_SHOWN
            continue
        assert len({c[name] for c in found[False]}) >= SMALLEST_SHOWN
        if isinstance(symbol, Small):
            assert {c[name] for c in found[True]} == set(range(1, SMALLEST_SHOWN))


@settings(max_examples=15, deadline=None)
@given(
    st.integers(2, 4).flatmap(
        lambda k: st.lists(
            st.lists(st.integers(0, 40), min_size=k, max_size=k), min_size=2, max_size=4
        )
    )
)
def test_larger_tables_show_no_small_count_and_nothing_false(cells):
    counts, sums = table(cells)
    shown = internal(counts, sums)
    assert list(shown) == list(counts)
    for name, symbol in shown.items():
        if isinstance(symbol, int):
            assert symbol == counts[name]
            assert not 0 < symbol < SMALLEST_SHOWN
        if isinstance(symbol, Small):
            assert 0 < counts[name] < symbol.below
    for total, parts in sums:
        unseen = [n for n in (total, *parts) if not isinstance(shown[n], int)]
        assert len(unseen) != 1


def test_many_linked_counts_end_in_time():
    cells = [[i % 7, (3 * i) % 11] for i in range(30)]
    counts, sums = table(cells)
    shown = internal(counts, sums)
    assert all(not (isinstance(n, int) and 0 < n < SMALLEST_SHOWN) for n in shown.values())
