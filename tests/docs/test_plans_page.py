"""The page about plans: its example is a plan, and its table names every key there is."""

import re
from dataclasses import fields
from pathlib import Path

import analyses.plan as plans

PAGE = (Path(__file__).parents[2] / "docs" / "plans.md").read_text(encoding="utf-8")
#: Keys with one value so far; nothing can be asked with them.
_FIXED = {"harmonise", "impute", "agreement"}


def test_the_example_is_a_plan() -> None:
    text, outcome = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    plan = plans.parse_plan(text, name="own.yaml")
    assert (plan.outcome.positive, plan.data.missing) == ("yes", ("", "NA"))
    assert plan.resampling == plans.Resampling(), "what the page says of leaving it out"
    over_time = re.sub(r"^outcome: .*\n", outcome, text, flags=re.MULTILINE)
    assert plans.parse_plan(over_time, name="own.yaml").outcome.horizons == (12, 24, 60)


def test_every_key_is_in_the_table() -> None:
    told = {
        name.split(".")[0] for name in re.findall(r"^\| `([a-z_.]+)`", PAGE, flags=re.MULTILINE)
    }
    known = {each.name for each in fields(plans.Plan)} - {"name", "source"} - _FIXED
    assert known <= told
    for model in plans.MODELS:
        assert f"`{model}`" in PAGE
