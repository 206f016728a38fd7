"""The address: one state has one address, what is not known is refused without being repeated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.filters import Selection, read_address
from tests.support.served import Served
from warehouse.queries import Facet

VALUES = {str(facet): ["a", "b", "c&d", "e f", "é"] for facet in Facet} | {
    "cohort": ["simulated", "published"]
}
selections = st.builds(
    Selection,
    cohort=st.sampled_from(["simulated", "published", None]),
    chosen=st.dictionaries(
        st.sampled_from(list(Facet)),
        st.sets(st.sampled_from(["a", "b", "c&d", "e f", "é"]), min_size=1).map(
            lambda values: tuple(sorted(values))
        ),
    ),
    snap=st.sampled_from([None, "0123456789abcdef"]),
)


@given(selections)
def test_an_address_leads_back_to_its_selection(selection: Selection) -> None:
    from urllib.parse import parse_qsl, urlsplit

    address = selection.address("/cohort", default_cohort="published")
    pairs = parse_qsl(urlsplit(address).query)
    found = read_address(pairs, allowed=VALUES)
    assert found.address("/cohort", default_cohort="published") == address
    assert found.chosen == {f: v for f, v in selection.chosen.items() if v}
    assert found.snap == selection.snap


def test_keys_and_values_are_sorted_and_defaults_left_out() -> None:
    selection = Selection("published", {Facet.SEX: ("male", "female"), Facet.AGE: ("a",)}, None)
    address = selection.address("/cohort", default_cohort="published")
    assert address == "/cohort?age=a&sex=female,male"


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("/cohort?histology=other&histology=ependymoma", "/cohort?histology=ependymoma,other"),
        ("/cohort?sex=male&cohort=simulated", "/cohort?cohort=simulated&sex=male"),
        ("/cohort?cohort=published", "/cohort"),
        ("/cohort?sex=", "/cohort"),
        ("/cohort?sex=female,female", "/cohort?sex=female"),
    ],
)
def test_every_other_way_to_write_it_leads_there(
    served: Served, given: str, canonical: str
) -> None:
    answer = served.ask(given)
    assert (answer.status, answer.headers.get("location")) == (303, canonical)
    assert served.ask(canonical).status == 200


@pytest.mark.parametrize(
    "query",
    [
        "nothing=1",
        "<script>alert(1)</script>=1",
        "sex=<script>alert(1)</script>",
        "sex=robot",
        "site=NOWHERE",
        "cohort=everybody",
        "cohort=simulated&cohort=published",
        "histology=ependymoma'--",
        "snap=../../etc/passwd",
        "snap=0123456789abcdef",
        "sex=%00",
        "sex=" + "x" * 5000,
    ],
)
def test_what_is_not_known_is_refused_in_words(served: Served, query: str) -> None:
    from urllib.parse import quote

    answer = served.ask(f"/cohort?{quote(query, safe='=&,%')}")
    assert answer.status == 400
    assert "This address cannot be read" in answer.text
    for piece in ("<script>", "robot", "NOWHERE", "everybody", "passwd", "xxxx", "Traceback"):
        assert piece not in answer.text


def test_what_is_allowed_is_named(served: Served) -> None:
    text = served.ask("/cohort?sex=robot").text
    assert "female, male, other, not_recorded" in text
