"""Names of deliveries: refused where they point at a patient, and only there."""

from pathlib import Path

import pytest

from orchestration.delivery_names import require_no_person
from tests.support.command import imsct


@pytest.mark.parametrize("name", ["2026-03", "20260301", "2026-03-01_full", "d1", "export_v2.1"])
def test_a_delivery_may_be_named_after_its_day(name: str) -> None:
    require_no_person("--delivery", name)


@pytest.mark.parametrize("name", ["Frau-Lindqvist", "MRN_20831177", "943-476-5919"])
def test_a_delivery_is_not_named_after_a_person(name: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    imsct("init", "--home", home)
    label = ("--site", "SITE_A", "--delivery", name, "--id-scheme", "simulated")
    ran = imsct("deliver", tmp_path, *label, "--home", home)
    assert (ran.exit, ran.out) == (2, "")
    assert "--delivery: it may identify a person" in ran.err
    assert name not in ran.err
