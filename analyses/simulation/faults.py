"""Planted faults: a simulated registry with rows that break rules, and the list of them.

Belongs here: the mutations, each minimal, and exactly which (row, rule) every one breaks.
Does not belong here: finding broken rows (`warehouse.validation`), faults of files (`assets`).
Rows that hang on a refused row are not listed: they are held back as E_PARENT, not broken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from analyses.simulation.draw import Registry, stream
from schemas.tables import BY_NAME

col, lit = pl.col, pl.lit


@dataclass(frozen=True)
class PlantedFault:
    """One row that breaks one rule on purpose.

    `key` is the row's key, its values joined by '|'; `column` where the rule reports it; `rows` how
    many delivered rows with that key break it (2 for two versions of one key).
    """

    site: str
    table: str
    key: str
    column: str
    rule: str
    rows: int = 1


@dataclass(frozen=True)
class Mutation:
    """How one row is spoilt: which rows will do, and the new text of their columns.

    Expressions see the row, its study (reads, measurements) and `first_surgery_day`. With `copy`
    the row stays and the changed row is added; `new_key` then ends the key of the added row.
    """

    rule: str
    place: str
    eligible: pl.Expr
    change: Mapping[str, pl.Expr] = field(default_factory=dict)
    copy: bool = False
    new_key: str = ""
    rows: int = 1

    @property
    def table(self) -> str:
        """Table of the row."""
        return self.place.split(".")[0]

    @property
    def column(self) -> str:
        """Column at which the rule reports the row."""
        return self.place.split(".")[1]


def _is(column: str, *values: str) -> pl.Expr:
    """The column holds one of the texts."""
    return col(column).is_in(list(values))


def _number(column: str) -> pl.Expr:
    """The column as a number, null where empty."""
    return col(column).cast(pl.Float64, strict=False)


_FILLED = col("value") != ""
_MR, _CT = _is("modality", "mr"), _is("modality", "ct")
_NO_DIFFUSION = _MR & _is("seq_dwi", "not_acquired") & _is("seq_dti", "not_acquired")
_NO_T2STAR = _MR & _is("seq_t2star_gre", "not_acquired") & _is("seq_swi", "not_acquired")
_ADC_MEAN = _is("measure", "adc_mean_1e6_mm2_s") & _FILLED
_LENGTH = _is("measure", "tumour_length_mm") & _FILLED
_SYRINX_READ = _is("syrinx", "present", "absent")
_MODIFIED, _ORIGINAL = (_is("scale_version", x) for x in ("modified_1_5", "original_1_4"))


def _added(measure: str, value: str, unit: str) -> dict[str, pl.Expr]:
    """A further measurement of the same study."""
    texts = {"structure": "tumour", "measure": measure, "value": value, "unit": unit}
    return {name: lit(text) for name, text in texts.items()}


#: Rarest rows first: each patient takes part in one fault only.
MUTATIONS: tuple[Mutation, ...] = (
    Mutation(
        "R052",
        "pathology.who_grade",
        _is("histology", "dmg_h3_k27_altered"),
        {"who_grade": lit("2")},
    ),
    Mutation("R073", "functional_status.score", _ORIGINAL, {"score": lit("5")}),
    Mutation(
        "R028",
        "imaging_reads.t1_signal",
        _CT & _is("t1_signal", "not_assessable"),
        {"t1_signal": lit("hypointense")},
    ),
    Mutation(
        "R025",
        "imaging_reads.cap_sign",
        _CT & _is("cap_sign", "not_assessable") & ~_is("haemorrhage", "absent"),
        {"cap_sign": lit("present")},
    ),
    Mutation("R020", "imaging_studies.modality", _CT, {"seq_t2": lit("acquired")}),
    Mutation(
        "R022",
        "imaging_reads.enhancement_degree",
        _MR
        & _is("seq_t1_post_contrast", "not_acquired")
        & _is("enhancement_pattern", "not_assessable"),
        {"enhancement_degree": lit("marked")},
    ),
    Mutation(
        "R023",
        "imaging_reads.enhancement_pattern",
        _is("enhancement_degree", "none"),
        {"enhancement_pattern": lit("rim")},
    ),
    Mutation(
        "R042",
        "imaging_measurements.value",
        _ADC_MEAN,
        {"value": (_number("value") / 1000).round(3).cast(pl.String)},
    ),
    Mutation("R041", "imaging_measurements.unit", _ADC_MEAN, {"unit": lit("1e-3_mm2_s")}),
    Mutation("R041", "imaging_measurements.unit", _LENGTH, {"unit": lit("cm")}),
    Mutation(
        "R029",
        "imaging_measurements.measure",
        _LENGTH & _NO_DIFFUSION,
        _added("adc_mean_1e6_mm2_s", "1320.0", "1e-6_mm2_s"),
        copy=True,
        new_key="91",
    ),
    Mutation(
        "R030",
        "imaging_measurements.measure",
        _LENGTH & _MR & _is("seq_mrs", "not_acquired"),
        _added("choline_naa_ratio", "2.1", "ratio"),
        copy=True,
        new_key="92",
    ),
    Mutation("R006", "imaging_measurements.value", _LENGTH, {"value": lit("910.0")}),
    Mutation(
        "R007",
        "imaging_measurements.value",
        _LENGTH,
        {"value": col("value").str.replace(".", ",", literal=True)},
    ),
    Mutation(
        "R009",
        "imaging_measurements.value",
        _LENGTH,
        {"value_missing_reason": lit("not_done")},
    ),
    Mutation(
        "R063",
        "surgeries.residual_volume_mm3",
        _is("extent_of_resection", "gtr") & _is("residual_volume_mm3", "0.0"),
        {"residual_volume_mm3": lit("350.0")},
    ),
    Mutation(
        "R004",
        "surgeries.eor_basis",
        ~_is("extent_of_resection", "none", ""),
        {"eor_basis": lit("")},
    ),
    Mutation(
        "R012",
        "cases.symptom_duration_months",
        (_number("age_years") < 40) & (col("symptom_duration_months") != ""),
        {"symptom_duration_months": (_number("age_years") * 12 + 24).round(1).cast(pl.String)},
    ),
    Mutation("R006", "cases.age_years", col("age_years") != "", {"age_years": lit("470")}),
    Mutation(
        "R007",
        "cases.age_years",
        col("age_years") != "",
        {"age_years": col("age_years").str.replace(".", ",", literal=True)},
    ),
    Mutation(
        "R014",
        "cases.index_event",
        _is("index_event", "surgery"),
        {"index_event": lit("diagnostic_imaging")},
    ),
    Mutation("R004", "patients.sex", ~_is("sex", ""), {"sex": lit("")}),
    Mutation(
        "R018",
        "imaging_studies.study_purpose",
        _is("study_purpose", "early_postoperative"),
        {"study_purpose": lit("diagnostic")},
    ),
    Mutation(
        "R021",
        "imaging_studies.seq_t1_post_contrast",
        _MR & _is("seq_t1_post_contrast", "acquired") & _is("contrast_given", "yes"),
        {"contrast_given": lit("no")},
    ),
    Mutation(
        "R005",
        "imaging_reads.margin",
        _is("margin", "well_defined"),
        {"margin": lit("well-defined")},
    ),
    Mutation("R008", "imaging_reads.reader_id", lit(True), {"reader_id": lit("20831177")}),
    Mutation(
        "R032",
        "imaging_reads.calcification",
        _NO_T2STAR & _is("calcification", "not_assessable"),
        {"calcification": lit("absent")},
    ),
    Mutation(
        "R033",
        "imaging_reads.level_lower",
        (_number("n_segments") > 1) & ~_is("level_upper", "unknown"),
        {"level_upper": col("level_lower"), "level_lower": col("level_upper")},
    ),
    Mutation(
        "R034",
        "imaging_reads.n_segments",
        (_number("n_segments") < 20) & ~_is("level_upper", "unknown"),
        {"n_segments": (_number("n_segments") + 1).cast(pl.Int64).cast(pl.String)},
    ),
    Mutation(
        "R037",
        "imaging_reads.syrinx_definition",
        _SYRINX_READ,
        {"syrinx_definition": lit("")},
    ),
    Mutation(
        "R005",
        "pathology.histology",
        _is("histology", "spinal_ependymoma"),
        {"histology": lit("spinal_ependymona")},
    ),
    Mutation(
        "R004",
        "pathology.histology_edition",
        lit(True),
        {"histology_edition": lit("")},
    ),
    Mutation(
        "R002",
        "pathology.pathology_id",
        _is("histology", "spinal_ependymoma"),
        {"histology": lit("subependymoma"), "who_grade": lit("1")},
        copy=True,
        rows=2,
    ),
    Mutation("R001", "follow_up.follow_up_id", lit(True), copy=True),
    Mutation(
        "R003",
        "follow_up.case_id",
        lit(True),
        {"case_id": pl.concat_str(col("case_id"), lit("9"))},
    ),
    Mutation("R073", "functional_status.score", _MODIFIED, {"score": lit("6")}),
    Mutation(
        "R074",
        "functional_status.assessment_day",
        _is("timepoint", "preoperative") & (col("first_surgery_day") == 0),
        {"assessment_day": lit("3")},
    ),
    Mutation(
        "R079",
        "follow_up.vital_status",
        _is("vital_status", "alive"),
        {"death_day": col("contact_day")},
    ),
    Mutation(
        "R082",
        "follow_up.last_imaging_day",
        col("last_imaging_day") != "",
        {"last_imaging_day": (_number("contact_day") + 30).cast(pl.Int64).cast(pl.String)},
    ),
)


def plant_faults(registry: Registry, *, seed: int) -> tuple[Registry, list[PlantedFault]]:
    """Spoil one row per mutation, spread over the sites; the given registry stays as it is.

    Parameters
    ----------
    registry
        A registry of `simulate_registry`.
    seed
        Seed of the choice of rows.

    Returns
    -------
    tuple[Registry, list[PlantedFault]]
        The spoilt registry, and every (row, rule) that is broken now and was not before, error
        level only. A mutation for which no site has a fitting row of a patient not yet used is
        left out, which happens in registries of few cases.

    Examples
    --------
    >>> from analyses.simulation.registry import simulate_registry
    >>> spoilt, faults = plant_faults(simulate_registry(cases=420, sites=6, seed=7), seed=7)
    >>> len(faults), len({fault.rule for fault in faults})
    (39, 32)
    """
    spoilt = {site: dict(tables) for site, tables in registry.items()}
    sites = sorted(spoilt)
    used: set[str] = set()
    planted = []
    for number, mutation in enumerate(MUTATIONS):
        rng = stream(seed, "faults", site=number)
        start = number % len(sites) if sites else 0
        for site in sites[start:] + sites[:start]:
            fault = _plant(spoilt, site, mutation, rng=rng, used=used)
            if fault is not None:
                planted.append(fault)
                break
    return spoilt, planted


def _plant(
    registry: Registry,
    site: str,
    mutation: Mutation,
    *,
    rng: np.random.Generator,
    used: set[str],
) -> PlantedFault | None:
    """Spoil one fitting row of the site, if there is one."""
    tables, table = registry[site], BY_NAME[mutation.table]
    frame = tables.get(table.name)
    if frame is None:
        return None
    wide = _with_context(frame, table.name, tables)
    fits = wide.with_columns(fits=mutation.eligible.fill_null(False))["fits"]
    patients = wide[table.key[0]].map_elements(_patient_of, return_dtype=pl.String)
    free = np.flatnonzero((fits & ~patients.is_in(list(used))).to_numpy())
    if not len(free):
        return None
    place = int(free[rng.integers(len(free))])
    used.add(patients[place])
    row = wide[place].with_columns(
        **{name: expr.cast(pl.String) for name, expr in mutation.change.items()}
    )
    if mutation.new_key:
        key = pl.concat_str(col("study_id"), lit("-M" + mutation.new_key))
        row = row.with_columns(key.alias(table.key[0]))
    row = row.select(table.names)
    before = frame[: place + 1] if mutation.copy else frame[:place]
    tables[table.name] = pl.concat([before, row, frame[place + 1 :]]).sort(
        table.key, maintain_order=True
    )
    key_text = "|".join(row.select(table.key).row(0))
    return PlantedFault(
        site, table.name, key_text, mutation.column, mutation.rule, rows=mutation.rows
    )


def _patient_of(key: str) -> str:
    """The patient a key belongs to: every key begins with the patient's pseudonym."""
    return "-".join(key.split("-")[:2])


def _with_context(
    frame: pl.DataFrame, table: str, tables: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """The rows with what mutations need beside them, in their order."""
    if table in ("imaging_reads", "imaging_measurements"):
        studies = tables["imaging_studies"]
        return frame.join(studies, on="study_id", how="left", maintain_order="left")
    if table == "functional_status":
        operated = tables.get("surgeries", pl.DataFrame(schema=["case_id", "surgery_day"]))
        day = col("surgery_day").cast(pl.Int64).min().alias("first_surgery_day")
        first = operated.cast(pl.String).group_by("case_id").agg(day)
        return frame.join(first, on="case_id", how="left", maintain_order="left")
    return frame
