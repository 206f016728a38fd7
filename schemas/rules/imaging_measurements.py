"""Rules of `imaging_measurements`: range and unit, measures of one study beside each other.

Belongs here: the numbered rules whose row is a measurement.
Does not belong here: the measures (`schemas.measures`), which sequences they need
(`schemas.rules.assessability`).
"""

from schemas.checks import PredicateCheck, rule_at
from schemas.expressions import (
    Col,
    Compare,
    Exists,
    IfThen,
    IsIn,
    Linear,
    Not,
    Predicate,
    Related,
    all_of,
    any_of,
    is_in,
)
from schemas.labels import LABELS
from schemas.measures import MEASURES, UNIT_SLIPS
from schemas.rules.assessability import NEEDED_BY_MEASURES
from schemas.sequences import DIFFUSION
from schemas.wording import NOT_CONVERTED

_VALUE = Col("value")
_ADC = tuple(m.name for m in MEASURES if m.needs == DIFFUSION and m.unit == "1e-6_mm2_s")
#: Lengths that belong to a sign of the read, by measure.
_LENGTH_OF_SIGN = {
    "oedema_length_mm": "oedema",
    "polar_cyst_length_mm": "polar_cyst",
    "syrinx_length_mm": "syrinx",
}


def _within(low: float, high: float) -> Predicate:
    """The measured value lies within the limits."""
    return all_of(Compare(_VALUE, ">=", low), Compare(_VALUE, "<=", high))


def _largest(measure: str, *on: str) -> Related:
    """Largest value of another measure of the same study."""
    return Related("imaging_measurements", "value", on, "max", where=is_in("measure", measure))


def _smallest(measure: str, *on: str) -> Related:
    """Smallest value of another measure of the same study."""
    return Related("imaging_measurements", "value", on, "min", where=is_in("measure", measure))


def _read_in_study(sign: str, state: str) -> Exists:
    """Some read of the study has the sign in that state."""
    return Exists("imaging_reads", "study_id", is_in(sign, state))


_OF_ITSELF = (
    rule_at(
        "R006",
        "imaging_measurements.value",
        holds=all_of(
            *(
                IfThen(
                    is_in("measure", m.name),
                    any_of(_within(m.low, m.high), _within(m.low / 1000, m.high / 1000))
                    # a thousandth of an ADC is R042's finding, which names the likely cause
                    if m.name in _ADC
                    else _within(m.low, m.high),
                )
                for m in MEASURES
            )
        ),
        sentence="`value` lies within the range of its measure",
        remedy="Correct it at the site and deliver again. Is the unit right?",
    ),
    rule_at(
        "R041",
        "imaging_measurements.unit",
        holds=all_of(*(IfThen(is_in("measure", m.name), is_in("unit", m.unit)) for m in MEASURES)),
        sentence="`unit` is the measure's own unit",
        remedy=f"Confirm the unit with the site and convert there. {NOT_CONVERTED}",
        remedies=tuple(
            (
                slip.unit,
                f"A value in {LABELS.get(slip.unit, slip.unit)} times {slip.factor} is one in "
                f"{LABELS.get(slip.own, slip.own)}: confirm the unit and multiply at the site. "
                f"{NOT_CONVERTED}",
            )
            for slip in UNIT_SLIPS
        ),
    ),
    rule_at(
        "R042",
        "imaging_measurements.value",
        holds=IfThen(
            # 0 and less is R006's finding alone: no unit makes it right
            all_of(is_in("measure", *_ADC), Compare(_VALUE, ">", 0)),
            Compare(_VALUE, ">=", 10),
        ),
        sentence="an ADC above 0 is at least 10, in 10^-6 mm2/s",
        remedy="It looks like 10^-3 mm2/s, 1000 times too small: confirm the unit and multiply by "
        f"1000 at the site. {NOT_CONVERTED}",
    ),
)

_BESIDE_EACH_OTHER = (
    rule_at(
        "R043",
        "imaging_measurements.value",
        holds=IfThen(
            is_in("measure", "adc_min_1e6_mm2_s"),
            Compare(_VALUE, "<=", _largest("adc_mean_1e6_mm2_s", "study_id", "structure")),
        ),
        sentence="the smallest ADC of a structure is not above its mean ADC in the same study",
        remedy="Minimum above mean: are the two swapped?",
    ),
    rule_at(
        "R044",
        "imaging_measurements.value",
        severity="warning",
        holds=IfThen(
            is_in("measure", "tumour_length_mm"),
            all_of(
                Compare(
                    _VALUE,
                    ">=",
                    Linear(Related("imaging_reads", "n_segments", "study_id", "min"), 2),
                ),
                Compare(
                    _VALUE,
                    "<=",
                    Linear(Related("imaging_reads", "n_segments", "study_id", "max"), 45),
                ),
            ),
        ),
        sentence="the tumour's length is 2 to 45 mm per vertebral level that its reads count",
        remedy="Is the length in cm? Then times 10 it is in mm. Or are the levels wrong? Confirm, "
        f"and correct it at the site. {NOT_CONVERTED}",
    ),
    rule_at(
        "R045",
        "imaging_measurements.value",
        severity="warning",
        holds=IfThen(
            is_in("measure", "tumour_volume_mm3"),
            all_of(
                Compare(_VALUE, ">=", _smallest("tumour_length_mm", "study_id", "structure")),
                Compare(
                    _VALUE, "<=", Linear(_largest("tumour_length_mm", "study_id", "structure"), 700)
                ),
            ),
        ),
        sentence="the tumour's volume in mm3 is 1 to 700 times its length in mm",
        remedy="Is the volume in cm3? Then times 1000 it is in mm3. Is the length in cm? Then "
        f"times 10 it is in mm. Confirm, and correct it at the site. {NOT_CONVERTED}",
    ),
    rule_at(
        "R046",
        "imaging_measurements.value",
        holds=IfThen(
            is_in("measure", "enhancing_volume_mm3"),
            Compare(_VALUE, "<=", Linear(_largest("tumour_volume_mm3", "study_id"), 1.05)),
        ),
        sentence="the enhancing volume is at most 1.05 times the tumour's volume in the same study",
        remedy="A part is larger than the whole: correct one of the volumes.",
    ),
    rule_at(
        "R047",
        "imaging_measurements.value",
        holds=all_of(
            *(
                IfThen(
                    is_in("measure", measure),
                    all_of(
                        IfThen(
                            Compare(_VALUE, ">", 0),
                            Not(IsIn(Related("imaging_reads", sign, "read_id"), ("absent",))),
                        ),
                        IfThen(
                            Compare(_VALUE, "=", 0),
                            Not(IsIn(Related("imaging_reads", sign, "read_id"), ("present",))),
                        ),
                    ),
                )
                for measure, sign in _LENGTH_OF_SIGN.items()
            )
        ),
        sentence="within one read the length of an oedema, polar cyst or syrinx is 0 where the "
        "sign is absent and above 0 where it is present",
        remedy="Length and sign disagree: correct one of the two.",
    ),
    rule_at(
        "R048",
        "imaging_measurements.value",
        severity="warning",
        holds=all_of(
            IfThen(
                all_of(
                    is_in("measure", "tumour_max_ap_mm"),
                    Not(_read_in_study("exophytic_component", "present")),
                ),
                Compare(_VALUE, "<=", Linear(_largest("cord_max_ap_mm", "study_id"), 1, 1)),
            ),
            IfThen(
                all_of(
                    is_in("measure", "cord_max_ap_mm"),
                    _read_in_study("cord_expansion", "absent"),
                    Not(_read_in_study("cord_expansion", "present")),
                ),
                Compare(_VALUE, "<=", 15),
            ),
        ),
        sentence="the tumour is at most 1 mm wider than the cord unless it grows out of it, and a "
        "cord that is not expanded measures at most 15 mm",
        remedy="The diameters disagree with each other or with a sign: confirm them.",
    ),
)

IMAGING_MEASUREMENTS: tuple[PredicateCheck, ...] = (
    *NEEDED_BY_MEASURES,
    *_OF_ITSELF,
    *_BESIDE_EACH_OTHER,
)
