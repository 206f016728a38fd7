"""The ledger as readers of a registry see it: no small count, and none to be worked out."""

from typing import Any

import polars as pl
import pytest

from analyses.disclosure import Hidden, Small
from analyses.ledger import evaluate_claims, release_claims
from schemas.errors import UsageError
from tests.analyses.simulated_frames import simulated_frames


@pytest.fixture(scope="module")
def registry() -> dict[str, Any]:
    named = pl.lit("registry").alias("provenance")
    frames = simulated_frames(cases=400, seed=3)
    return evaluate_claims(
        {name: frame.with_columns(named) for name, frame in frames.items()},
        provenance="registry",
        added_value={},
    )


@pytest.fixture(scope="module")
def page(registry: dict[str, Any]) -> dict[str, Any]:
    return release_claims(registry)


def pairs(registry: dict[str, Any], page: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Every statistic as it is and as it is shown."""
    return [
        pair
        for raw, seen in zip(registry["claims"], page["claims"], strict=True)
        for name in ("statistics", "beside")
        for pair in zip(raw[name], seen[name], strict=True)
    ]


def cells(groups: list[dict[str, Any]]) -> list[int]:
    return [
        cell
        for group in groups
        for cell in (
            [group["n"]]
            if group["events"] is None
            else [group["events"], group["n"] - group["events"]]
        )
    ]


def test_simulated_and_published_cases_are_shown_as_they_are(registry: dict[str, Any]) -> None:
    open_ = {**registry, "cohort": {**registry["cohort"], "provenance": "simulated"}}
    assert release_claims(open_) == {**open_, "audience": "open"}
    with pytest.raises(UsageError, match="exact counts"):
        release_claims(registry, "open")


def test_no_small_count_is_told(registry: dict[str, Any], page: dict[str, Any]) -> None:
    assert page["audience"] == "internal"
    symbols = 0
    for raw, seen in pairs(registry, page):
        both = [(raw, seen, "assessable"), (raw, seen, "not_assessable")]
        both += [
            (a, b, name)
            for a, b in zip(raw["groups"], seen["groups"], strict=True)
            for name in ("n", "events")
        ]
        for part in ("sites", "definitions"):
            both += [(a, b, "n") for a, b in zip(raw[part], seen[part], strict=True)]
        for a, b, name in both:
            if isinstance(b[name], int):
                assert b[name] == a[name]
                assert not 0 < b[name] < 5
            else:
                symbols += b[name] is not None
                assert b[name] is None or isinstance(b[name], Small | Hidden)
    assert symbols > 20


def test_an_estimate_goes_with_its_counts(registry: dict[str, Any], page: dict[str, Any]) -> None:
    gone = 0
    for raw, seen in pairs(registry, page):
        shown = [g[name] for g in seen["groups"] for name in ("n", "events") if g[name] is not None]
        small = [cell for cell in cells(raw["groups"]) if 0 < cell < 5]
        if small or not all(isinstance(count, int) for count in shown):
            gone += raw["estimate"] is not None
            assert seen["estimate"] is seen["interval"] is seen["p"] is seen["p_holm"] is None
        for group in seen["groups"]:
            assert isinstance(group["n"], int) or group["median"] is None
    assert gone > 0


def test_no_site_tells_its_small_cells_or_those_of_the_others(
    registry: dict[str, Any], page: dict[str, Any]
) -> None:
    told = 0
    for raw, seen in pairs(registry, page):
        for part in ("sites", "definitions"):
            rows = list(zip(raw[part], seen[part], strict=True))
            shown = [cells(a["groups"]) for a, b in rows if b["estimate"] is not None]
            left = [cells(a["groups"]) for a, b in rows if b["estimate"] is None]
            assert all(min(own) >= 5 for own in shown)
            if shown and left:
                assert min(sum(column) for column in zip(*left, strict=True)) >= 5
            assert all(b["groups"] == [] for _, b in rows)
            told += len(shown)
    assert told > 0


def test_what_is_left_has_two_digits(page: dict[str, Any]) -> None:
    numbers = [
        value
        for claim in page["claims"]
        for one in claim["statistics"]
        for value in (one["estimate"], one["p"], *(one["interval"] or ()))
        if value is not None
    ]
    assert len(numbers) > 20
    assert all(value == float(f"{value:.2g}") for value in numbers)


def test_no_reason_names_a_number(registry: dict[str, Any]) -> None:
    for claim in registry["claims"]:
        reasons = [claim["reason"], *(s["reason"] for s in claim["statistics"])]
        assert not any(character.isdigit() for text in reasons for character in text)
        assert all(reasons)
