"""Rules of `surgeries`: order, extent and its basis, monitoring, early death.

Belongs here: the numbered rules whose row is a surgery.
Does not belong here: specimens (`schemas.rules.pathology`).
"""

from schemas.checks import PredicateCheck, rule_at
from schemas.expressions import (
    Col,
    Compare,
    Exists,
    IfThen,
    IsFilled,
    Linear,
    Not,
    Outer,
    Predicate,
    Related,
    all_of,
    any_of,
    is_in,
)

_PERCENT, _RESIDUAL = Col("resection_percent"), Col("residual_volume_mm3")
_ON_MRI = is_in("eor_basis", "postoperative_mri", "both")
_GTR = is_in("extent_of_resection", "gtr")
_MONITORED = any_of(*(is_in(f"ionm_{name}", "yes") for name in ("ssep", "mep", "dwave")))
#: Days of a death or study counted from the judged surgery, as columns of the other row allow.
_ASSESSED_WITHIN, _EARLY = 180, 30


def _empty_or(name: str, holds: Predicate) -> Predicate:
    """The same, with a sentence that says what a missing operand means."""
    return any_of(Not(IsFilled(Col(name))), holds)


def _band(extent: str, low: float, below: float) -> Predicate:
    """The percentage of an extent lies from `low` to less than `below`."""
    return IfThen(
        is_in("extent_of_resection", extent),
        all_of(Compare(_PERCENT, ">=", low), Compare(_PERCENT, "<", below)),
    )


def _within(day: str, days: int) -> Predicate:
    """A day of another row lies 0 to `days` after the judged surgery."""
    return all_of(
        Compare(Col(day), ">=", Outer("surgery_day")),
        Compare(Col(day), "<=", Linear(Outer("surgery_day"), 1, days)),
    )


_EXTENT = (
    rule_at(
        "R062",
        "surgeries.intent",
        severity="warning",
        holds=IfThen(
            is_in("intent", "biopsy", "decompression", "cyst_drainage"),
            is_in("extent_of_resection", "biopsy", "none"),
        ),
        sentence="a surgery that was planned without resection has extent 'biopsy', 'none' or "
        "'unknown'",
        remedy="Intent and extent disagree: confirm. A frozen section may turn a biopsy into a "
        "resection.",
    ),
    rule_at(
        "R063",
        "surgeries.residual_volume_mm3",
        holds=IfThen(_GTR, _empty_or("residual_volume_mm3", Compare(_RESIDUAL, "=", 0))),
        remedy="Gross total resection with residual tumour: correct one of the two.",
    ),
    rule_at(
        "R063",
        "surgeries.resection_percent",
        holds=IfThen(_GTR, _empty_or("resection_percent", Compare(_PERCENT, ">=", 99.5))),
        remedy="Gross total resection of less than 99.5 %: correct one of the two.",
    ),
    rule_at(
        "R064",
        "surgeries.resection_percent",
        severity="warning",
        holds=all_of(
            _band("near_total", 95, 100),
            _band("subtotal", 80, 95),
            _band("partial", 10, 80),
            _band("biopsy", 0, 10),
            IfThen(is_in("extent_of_resection", "none"), Compare(_PERCENT, "=", 0)),
        ),
        sentence="`resection_percent` lies in the band of its extent: near total 95 to below 100, "
        "subtotal 80 to below 95, partial 10 to below 80, biopsy below 10, none 0",
        remedy="Percentage and extent disagree: confirm both.",
    ),
    rule_at(
        "R065",
        "surgeries.eor_basis",
        holds=IfThen(
            all_of(
                _ON_MRI,
                # a source may give no study after any surgery: nothing contradicts it then
                Exists(
                    "imaging_studies",
                    "case_id",
                    any_of(
                        Not(IsFilled(Col("study_day"))),
                        Compare(Col("study_day"), ">=", Outer("surgery_day")),
                    ),
                ),
            ),
            Exists(
                "imaging_studies",
                "case_id",
                all_of(
                    is_in("modality", "mr"),
                    any_of(Not(IsFilled(Col("study_day"))), _within("study_day", _ASSESSED_WITHIN)),
                ),
            ),
        ),
        sentence="an extent judged on MRI has an MR study 0 to 180 days after the surgery, if any "
        "later study of the case is delivered",
        remedy="No postoperative MR: deliver the study, or name another basis.",
    ),
    rule_at(
        "R066",
        "surgeries.residual_volume_mm3",
        holds=Compare(
            Col("residual_volume_mm3"),
            "<=",
            Linear(
                Related(
                    "imaging_measurements",
                    "value",
                    "case_id",
                    "max",
                    where=all_of(
                        is_in("measure", "tumour_volume_mm3"),
                        Compare(Col("study_day"), "<=", Outer("surgery_day")),
                    ),
                    via="imaging_studies",
                ),
                1.2,
            ),
        ),
        sentence="`residual_volume_mm3` is at most 1.2 times the largest tumour volume measured "
        "before the surgery",
        remedy="More left than there was: are the units mm3, and the days right? "
        "Correct one of them.",
    ),
    rule_at(
        "R067",
        "surgeries.cleavage_plane",
        severity="warning",
        holds=Not(
            all_of(
                _GTR,
                any_of(is_in("cleavage_plane", "none"), is_in("growth_type", "infiltrating")),
            )
        ),
        sentence="a gross total resection had a cleavage plane, and the growth was not "
        "infiltrating",
        remedy="Unusual: confirm on what the extent rests.",
    ),
)

_COURSE = (
    rule_at(
        "R068",
        "surgeries.ionm_alarm",
        holds=all_of(
            IfThen(is_in("ionm_alarm", "not_monitored"), Not(_MONITORED)),
            IfThen(is_in("ionm_alarm", "none", "transient", "persistent"), _MONITORED),
        ),
        sentence="there is an alarm, or none, where SSEP, MEP or D-wave were monitored, and "
        "'not_monitored' where none was",
        remedy="Alarm without monitoring, or the reverse: correct one of the columns.",
    ),
    rule_at(
        "R069",
        "surgeries.surgery_number",
        holds=Not(
            Exists(
                "surgeries",
                "case_id",
                any_of(
                    all_of(
                        Compare(Col("surgery_number"), "=", Outer("surgery_number")),
                        Compare(Col("surgery_id"), "!=", Outer("surgery_id")),
                    ),
                    all_of(
                        Compare(Col("surgery_number"), "<", Outer("surgery_number")),
                        Compare(Col("surgery_day"), ">", Outer("surgery_day")),
                    ),
                    all_of(
                        Compare(Col("surgery_number"), ">", Outer("surgery_number")),
                        Compare(Col("surgery_day"), "<", Outer("surgery_day")),
                    ),
                ),
            )
        ),
        sentence="`surgery_number` follows the days of the case's surgeries, each number once",
        remedy="Number the surgeries of a case 1, 2, 3 in the order of their days.",
    ),
    rule_at(
        "R070",
        "surgeries.death_30_days",
        holds=all_of(
            IfThen(
                is_in("death_30_days", "no"),
                Not(Exists("follow_up", "case_id", _within("death_day", _EARLY))),
            ),
            IfThen(
                is_in("death_30_days", "yes"),
                Not(
                    Exists(
                        "follow_up",
                        "case_id",
                        any_of(
                            Compare(Col("death_day"), ">", Linear(Outer("surgery_day"), 1, _EARLY)),
                            all_of(
                                is_in("vital_status", "alive"),
                                Compare(
                                    Col("contact_day"),
                                    ">",
                                    Linear(Outer("surgery_day"), 1, _EARLY),
                                ),
                            ),
                        ),
                    )
                ),
            ),
        ),
        sentence="`death_30_days` is 'yes' where death came within 30 days of the surgery and 'no' "
        "where it did not",
        remedy="The deaths disagree: correct the complication, the day of death or the contact.",
    ),
)

SURGERIES: tuple[PredicateCheck, ...] = (*_EXTENT, *_COURSE)
