"""Mapping by a profile: text to text, one record to the rows of its tables, nothing invented."""

import doctest

import polars as pl
import pytest

from assets.readers import mapping
from assets.readers.mapping import map_records, published_id
from schemas.columns import Identifier
from schemas.profile import FileProfile, Rows, Source


def mapped(source: Source, *records: tuple[str, str], target: str = "sex") -> list[str]:
    """The value of one column of `patients`, made from records of two columns, a and b."""
    profile = FileProfile(
        file="flat.csv",
        header=("a", "b"),
        rows=(
            Rows(
                table="sites", unlisted="not_recorded", columns={"site_id": Source(id=("a", "b"))}
            ),
            Rows(table="patients", unlisted="not_recorded", columns={target: source}),
        ),
    )
    frame = pl.DataFrame(
        [(n, n + 1, *cells) for n, cells in enumerate(records, start=1)],
        schema=["_record", "_line", "a", "b"],
        orient="row",
    )
    made = map_records(frame, profile).tables["patients"]
    assert made["_record"].to_list() == [n for n, _ in enumerate(records, start=1)]
    return made[target].to_list()


def test_codes_are_replaced_whole_and_an_unknown_text_stays_to_be_judged() -> None:
    source = Source(column="a", codes={"f": "female", "m": "male"})
    assert mapped(source, ("f", ""), ("m ", ""), ("fm", "")) == ["female", "m ", "fm"]


def test_an_empty_cell_takes_what_the_profile_says_it_means() -> None:
    assert mapped(Source(column="a"), ("", "")) == ["unknown"]
    assert mapped(Source(column="a", empty="other"), ("", "")) == ["other"]
    assert mapped(Source(column="a", empty=""), ("", "")) == [""]
    conditional = Source(column="a", empty="other", empty_where={"b": {"x": "male"}})
    assert mapped(conditional, ("", "x"), ("", "y"), ("female", "x")) == ["male", "other", "female"]


def test_a_value_is_taken_only_where_its_conditions_hold() -> None:
    where_filled = Source(constant="family", only_where_filled="b")
    records = (("", ""), ("", "x"))
    assert mapped(where_filled, *records, target="syndrome_basis") == ["", "family"]
    chosen = Source(column="a", only_where={"b": ("x", "z")})
    records = (("family", "x"), ("family", "y"))
    assert mapped(chosen, *records, target="syndrome_basis") == ["family", ""]


def test_a_required_column_whose_condition_fails_is_not_recorded() -> None:
    chosen = Source(column="a", only_where={"b": ("x", "z")})
    assert mapped(chosen, ("male", "x"), ("male", "y")) == ["male", "unknown"]


@pytest.mark.parametrize(
    ("months", "days"),
    [
        ("0", "0"),
        ("12", "365"),
        ("0.5", "15"),
        ("240", "7305"),
        ("-3", "-3"),
        ("1,5", "1,5"),
        ("a year", "a year"),
        ("1e3", "1e3"),
        ("9" * 400, "9" * 400),
    ],
)
def test_months_become_days_and_what_is_no_month_count_stays_to_be_judged(
    months: str, days: str
) -> None:
    assert mapped(Source(column="a", months_to_days=True), (months, "")) == [days]


def test_half_a_reference_makes_no_id() -> None:
    source = Source(id=("a", "b"), prefix="P-")
    made = mapped(source, ("PMID1", "2"), ("PMID1", ""), ("", "2"), target="patient_id")
    assert made == ["P-PMID1-2", "", ""]


def test_published_ids_are_valid_and_different_references_stay_different() -> None:
    references = ["10.1000/a.b", "10.1000/a_b", "10.1000/a-b", "10-1000-a-b", "x" * 50, "x" * 51]
    made = [published_id("C-", reference) for reference in references]
    assert len(set(made)) == len(references)
    assert all(pl.Series(made).str.contains(rf"^(?:{Identifier().pattern})$"))
    assert made == [published_id("C-", reference) for reference in references]


def test_rows_are_made_where_their_conditions_hold_and_keep_their_record() -> None:
    def treatments(kind: str, column: str) -> Rows:
        return Rows(
            table="treatments",
            unlisted="not_recorded",
            when={column: ("yes",)},
            columns={
                "treatment_kind": Source(constant=kind),
                "treatment_id": Source(id=("a", "b")),
            },
        )

    profile = FileProfile(
        file="flat.csv",
        header=("a", "b"),
        rows=(treatments("radiotherapy", "a"), treatments("chemotherapy", "b")),
    )
    frame = pl.DataFrame(
        {
            "_record": [1, 2, 3],
            "_line": [2, 3, 4],
            "a": ["yes", "no", ""],
            "b": ["yes", "yes", "no"],
        }
    )
    made = map_records(frame, profile).tables["treatments"]
    assert made.select("_record", "_line", "treatment_kind").rows() == [
        (1, 2, "radiotherapy"),
        (1, 2, "chemotherapy"),
        (2, 3, "chemotherapy"),
    ]


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(mapping).failed == 0


def test_a_record_that_no_kind_of_row_asks_for_is_told_unless_it_is_left_aside() -> None:
    """Lost without a word it would stop the line: accepted and quarantined would not add up."""
    rows = Rows(
        table="patients",
        unlisted="not_recorded",
        when={"kind": ("patient",)},
        when_any_filled=("sex",),
        columns={"sex": Source(column="sex")},
    )
    profile = FileProfile(
        file="flat.csv",
        header=("kind", "sex"),
        ignored_records={"kind": {"call": "nothing of it is in the dictionary"}},
        rows=(rows,),
    )
    records = [("patient", "male"), ("patient", ""), ("call", "x"), ("visit", "male")]
    frame = pl.DataFrame(
        [(n, n + 1, *cells) for n, cells in enumerate(records, start=1)],
        schema=["_record", "_line", "kind", "sex"],
        orient="row",
    )
    made = map_records(frame, profile)
    assert made.tables["patients"]["_record"].to_list() == [1]
    assert made.left_aside == (2, 3)
    (problem,) = made.problems
    assert (problem.rule, problem.record, problem.line, problem.column) == (
        "E_SCHEMA",
        4,
        5,
        "kind",
    )
    assert problem.content == "visit,male"


def test_points_in_a_date_are_no_decimal_points() -> None:
    columns = {
        "surgery_day": Source(column="day", date="%d.%m.%Y"),
        "blood_loss_ml": Source(column="ml"),
    }
    profile = FileProfile(
        file="ops.csv",
        decimal=",",
        header=("day", "ml"),
        rows=(Rows(table="surgeries", unlisted="not_recorded", columns=columns),),
    )
    frame = pl.DataFrame(
        {
            "_record": [1, 2],
            "_line": [2, 3],
            "day": ["25.06.2021", "25.06.2021"],
            "ml": ["51,5", "51.5"],
        }
    )
    made = map_records(frame, profile)
    assert [(problem.rule, problem.line) for problem in made.problems] == [("R007", 3)]
    assert made.tables["surgeries"]["blood_loss_ml"].to_list() == ["51.5"]
