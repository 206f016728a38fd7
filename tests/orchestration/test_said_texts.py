"""What a person types for the ledger: refused where it points at a patient, and only there."""

import doctest
from pathlib import Path

import pytest

from orchestration import said_texts
from orchestration.said_texts import require_no_person
from schemas.errors import UsageError
from tests.support.command import imsct

CORPUS = Path(__file__).parents[1] / "assets" / "identifiers" / "must_not_fire.txt"


@pytest.mark.parametrize("text", CORPUS.read_text(encoding="utf-8").splitlines())
def test_what_must_not_fire_may_be_a_reason(text: str) -> None:
    require_no_person("--reason", text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("agreed with Dr. Lindqvist on 2026-03-01", "name"),
        ("patient born 03/04/1971 asked for it", "date of birth"),
        ("MRN 208311 was counted twice", "hospital number"),
        ("insured as 943 476 5919", "NHS number"),
        ("write to j.smith@clinic.example", "e-mail address"),
    ],
)
def test_a_reason_that_points_at_a_person_is_refused_without_repeating_it(
    text: str, kind: str
) -> None:
    with pytest.raises(UsageError, match=rf"^--reason: .*\({kind}\)") as refused:
        require_no_person("--reason", text)
    assert text not in str(refused.value)


@pytest.mark.parametrize("name", ["2026-03", "20260301", "2026-03-01_full", "d1", "export_v2.1"])
def test_a_delivery_may_be_named_after_its_day(name: str) -> None:
    require_no_person("--delivery", name, is_name=True)


@pytest.mark.parametrize("name", ["Frau-Lindqvist", "MRN_20831177", "943-476-5919"])
def test_a_delivery_is_not_named_after_a_person(name: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    imsct("init", "--home", home)
    label = ("--site", "SITE_A", "--delivery", name, "--id-scheme", "simulated")
    ran = imsct("deliver", tmp_path, *label, "--home", home)
    assert (ran.exit, ran.out) == (2, "")
    assert "--delivery: it may identify a person" in ran.err
    assert name not in ran.err


def test_the_examples_hold() -> None:
    assert doctest.testmod(said_texts).failed == 0
