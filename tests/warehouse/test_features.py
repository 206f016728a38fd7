"""Feature sets: one file per set, named by content, verified before it is read."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from schemas.errors import IntegrityError, UsageError
from warehouse.features import FEATURES, feature_matrix, feature_path, keep_set
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.verification import verify


def a_set(studies: list[str], *, structure: str = "tumour", add: float = 0.0) -> pl.DataFrame:
    """Two features of each study; the second is empty for the first study."""
    numbers = [float(n) + add for n in range(len(studies))]
    return pl.DataFrame(
        {
            "study_id": studies,
            "structure": [structure] * len(studies),
            "b_energy": numbers,
            "a_entropy": [None, *(n / 3 for n in numbers[1:])],
        }
    )


def test_the_same_set_in_another_order_is_kept_and_recorded_once(
    home: Home, ledger: Ledger
) -> None:
    one = keep_set(home, ledger, a_set(["S1", "S2"]), site="SITE_A")
    again = keep_set(home, ledger, a_set(["S1", "S2"])[::-1], site="SITE_A")
    assert (one, one.rows, one.n_features) == (again, 2, 2)
    assert [event.payload["file_sha256"] for event in ledger.events(FEATURES)] == [one.sha256]
    kept = pl.read_parquet(feature_path(home, one.sha256))
    assert kept.columns == ["study_id", "structure", "b_energy", "a_entropy"]
    assert kept["study_id"].to_list() == ["S1", "S2"]


def test_studies_are_joined_by_key_whatever_the_order_over_several_sets(
    home: Home, ledger: Ledger
) -> None:
    first = keep_set(
        home, ledger, pl.concat([a_set(["S2", "S1"]), a_set(["S1"], structure="cord")])
    )
    second = keep_set(home, ledger, a_set(["S9", "S3"], add=5))
    found = feature_matrix(
        home,
        [first.sha256, second.sha256],
        ["S3", "S0", "S1", "S2"],
        structure="tumour",
    )
    assert found.names == ("b_energy", "a_entropy")
    assert found.values.dtype == np.float32
    assert found.is_there.tolist() == [True, False, True, True]
    expected = [[6.0, 2.0], [np.nan, np.nan], [1.0, 1 / 3], [0.0, np.nan]]
    np.testing.assert_array_equal(found.values, np.array(expected, np.float32))


def test_the_short_way_and_the_long_way_give_the_same_numbers(home: Home, ledger: Ledger) -> None:
    studies = [f"S{n:03}" for n in range(200)]
    kept = keep_set(home, ledger, a_set(studies))
    whole = feature_matrix(home, [kept.sha256], studies, structure="tumour")
    turned = feature_matrix(home, [kept.sha256], studies[::-1], structure="tumour")
    np.testing.assert_array_equal(whole.values, turned.values[::-1])
    assert whole.is_there.all()
    np.testing.assert_array_equal(
        whole.values, pl.read_parquet(feature_path(home, kept.sha256))[:, 2:].to_numpy()
    )


def test_sets_that_do_not_go_together_are_refused(home: Home, ledger: Ledger) -> None:
    one = keep_set(home, ledger, a_set(["S1"]))
    other = keep_set(home, ledger, a_set(["S2"]).rename({"b_energy": "c_energy"}))
    twice = keep_set(home, ledger, a_set(["S1"], add=1))
    with pytest.raises(UsageError, match="not the same features"):
        feature_matrix(home, [one.sha256, other.sha256], ["S1"], structure="tumour")
    with pytest.raises(IntegrityError, match="another of the sets"):
        feature_matrix(home, [one.sha256, twice.sha256], ["S1"], structure="tumour")
    with pytest.raises(UsageError, match="No feature set"):
        feature_matrix(home, [], ["S1"], structure="tumour")


def flip(path: Path, at: int) -> None:
    """One bit of a file."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.99])
def test_a_flipped_bit_is_found_before_use_and_by_verify(
    home: Home, ledger: Ledger, share: float
) -> None:
    kept = keep_set(home, ledger, a_set(["S1", "S2"]))
    feature_matrix(home, [kept.sha256], ["S1", "S2"], structure="tumour")
    assert verify(home, ledger) == []
    path = feature_path(home, kept.sha256)
    flip(path, int(path.stat().st_size * share))
    with pytest.raises(IntegrityError, match="E_SHA256"):
        feature_matrix(home, [kept.sha256], ["S1", "S2"], structure="tumour")
    assert [problem.rule for problem in verify(home, ledger)] == ["E_SHA256"]


def test_a_lost_file_is_found_by_the_ledger(home: Home, ledger: Ledger) -> None:
    kept = keep_set(home, ledger, a_set(["S1"]), site="SITE_A")
    feature_path(home, kept.sha256).unlink()
    (problem,) = verify(home, ledger)
    assert (problem.rule, problem.file) == ("E_SHA256", f"features/{kept.sha256}.parquet")
    assert "--rebuild" in problem.suggestion
