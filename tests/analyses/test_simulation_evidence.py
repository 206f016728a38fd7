"""The simulated registry against the published numbers it is calibrated to.

Belongs here: at 20,000 cases of one kind of site without site effects every published share, mean
and association comes out; in a registry with all its awkwardness the associations still lie in
the published intervals; and a negative control.
Targets are those of the clinical specification (f1 to f6), not read from the generator.
Longer than 400 lines: every test reads the same two registries, which are drawn once for the file.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.stats import fisher_exact
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score

from analyses.simulation import Settings, simulate_registry

Tables = dict[str, pl.DataFrame]
GROUPS = {
    "spinal_ependymoma": "EPN",
    "spinal_ependymoma_mycn": "EPN",
    "anaplastic_ependymoma": "EPN",
    "subependymoma": "SUB",
    "pilocytic_astrocytoma": "PA",
    "astrocytoma_idh_mutant": "LGA",
    "diffuse_astrocytoma_nos": "LGA",
    "anaplastic_astrocytoma_nos": "HGA",
    "glioblastoma_idh_wildtype": "HGA",
    "dmg_h3_k27_altered": "HGA",
    "paediatric_hgg_h3_wildtype": "HGA",
    "haemangioblastoma": "HB",
    "cavernous_malformation": "CAV",
    "ganglioglioma": "GG",
}
ASTROCYTIC = ("PA", "LGA", "HGA")
#: Column, code that counts, codes it is counted among.
SIGN = ("present", "absent")
SHARES = {
    "central": (
        "axial_location",
        "central",
        ("central", "eccentric", "unilateral", "whole_section"),
    ),
    "well_defined": ("margin", "well_defined", ("well_defined", "ill_defined")),
    "enhances": ("enhancement_degree", "none", ("none", "mild", "marked", "present_unspecified")),
    "homogeneous": (
        "enhancement_pattern",
        "homogeneous",
        ("homogeneous", "heterogeneous", "rim", "nodular", "patchy"),
    ),
    "nodular": (
        "enhancement_pattern",
        "nodular",
        ("homogeneous", "heterogeneous", "rim", "nodular", "patchy"),
    ),
    "diffuse": ("enhancement_extent", "diffuse", ("diffuse", "focal")),
    "t2_high": ("t2_high_at_enhancing_part", "present", SIGN),
    "t1_iso": ("t1_signal", "isointense", ("hypointense", "isointense", "hyperintense", "mixed")),
    "t2_bright": (
        "t2_signal",
        "hyperintense",
        ("hypointense", "isointense", "hyperintense", "mixed"),
    ),
    "polar_cyst": ("polar_cyst", "present", SIGN),
    "intratumoural_cyst": ("intratumoural_cyst", "present", SIGN),
    "oedema": ("oedema", "present", SIGN),
    "strict_syrinx": ("syrinx", "present", SIGN),
}
#: Published shares (f1, marked E): what, group, share.
PUBLISHED = [
    ("central", "EPN", 0.95),
    ("central", "SUB", 0.27),
    ("central", "PA", 0.38),
    ("central", "HB", 0.33),
    ("well_defined", "EPN", 0.78),
    ("well_defined", "LGA", 0.14),
    ("well_defined", "HB", 0.95),
    ("enhances", "EPN", 0.98),
    ("enhances", "SUB", 0.40),
    ("enhances", "PA", 0.95),
    ("enhances", "HB", 0.99),
    ("homogeneous", "EPN", 0.50),
    ("nodular", "PA", 0.55),
    ("diffuse", "EPN", 0.94),
    ("diffuse", "LGA", 0.53),
    ("diffuse", "HGA", 0.53),
    ("t2_high", "EPN", 0.46),
    ("t2_high", "LGA", 0.80),
    ("t1_iso", "EPN", 0.81),
    ("t2_bright", "EPN", 0.85),
    ("polar_cyst", "EPN", 0.61),
    ("polar_cyst", "LGA", 0.21),
    ("polar_cyst", "HB", 0.33),
    ("polar_cyst", "CAV", 0.02),
    ("intratumoural_cyst", "EPN", 0.17),
    ("intratumoural_cyst", "PA", 0.60),
    ("oedema", "EPN", 0.85),
    ("strict_syrinx", "EPN", 0.10),
]
#: Association (f6): counts exposed and not, ependymoma then astrocytic; interval; Fisher p.
ASSOCIATIONS = {
    "any enhancement": ((24, 0, 15, 4), (0.7, 283), 0.0314),
    "diffuse enhancement": ((23, 1, 8, 7), (2.1, 190), 0.0026),
    "T2 high at enhancing part": ((11, 13, 12, 3), (0.05, 0.95), 0.0485),
    "any cavity": ((22, 2, 4, 15), (6.7, 255), 3.4e-6),
    "sharp margin, without pilocytic": ((13, 2, 0, 10), (4.9, 2624), 2.0e-5),
    "polar cyst, first series": ((14, 3, 4, 7), (1.4, 47), 0.020),
    "polar cyst, second series": ((9, 6, 1, 9), (1.3, 136), 0.018),
    "haemorrhage": ((5, 12, 1, 10), (0.4, 42), 0.35),
    "GTR by growth": ((135, 27, 18, 62), (8.8, 33.6), 2.4e-20),
}


@pytest.fixture(scope="module")
def plain() -> Tables:
    """20,000 cases of one national site without site effects."""
    settings = Settings(kind="national", site_effects=False)
    ((_, tables),) = simulate_registry(cases=20_000, sites=1, seed=5, settings=settings).items()
    return tables


@pytest.fixture(scope="module")
def awkward() -> Tables:
    """The default registry: six sites, reader habits, definitions that differ."""
    return pooled(simulate_registry(cases=3_000, sites=6, seed=11))


def pooled(registry: dict[str, Tables]) -> Tables:
    names = dict.fromkeys(name for tables in registry.values() for name in tables)
    return {
        name: pl.concat([tables[name] for tables in registry.values() if name in tables])
        for name in names
    }


def first_reads(tables: Tables) -> pl.DataFrame:
    """The first read of each operated case before surgery on MR, with its group."""
    studies = tables["imaging_studies"].filter(
        (pl.col("modality") == "mr") & pl.col("study_purpose").is_in(["diagnostic", "preoperative"])
    )
    return (
        tables["imaging_reads"]
        .join(studies, on="study_id")
        .sort("read_id")
        .unique("case_id", keep="first", maintain_order=True)
        .join(groups(tables), on="case_id")
        .join(tables["cases"].select("case_id", "site_id"), on="case_id")
    )


def groups(tables: Tables) -> pl.DataFrame:
    """Group of each case with tissue."""
    kinds = tables["pathology"].unique("case_id", keep="first", maintain_order=True)
    group = pl.col("histology").replace_strict(GROUPS, default="OTH").alias("group")
    return kinds.select("case_id", group)


def share(reads: pl.DataFrame, what: str, group: str) -> tuple[float, int]:
    """Share among the coded reads of a group, and their number."""
    column, value, among = SHARES[what]
    coded = reads.filter((pl.col("group") == group) & pl.col(column).is_in(among))
    found = float((coded[column] == value).mean())
    return (1 - found if what == "enhances" else found), coded.height


def near(found: float, target: float, n: int, *, within: float = 0.02) -> bool:
    """Within the tolerance, or four standard errors where that is wider."""
    return abs(found - target) <= max(within, 4 * np.sqrt(target * (1 - target) / n))


@pytest.mark.parametrize(("what", "group", "target"), PUBLISHED)
def test_published_shares_come_out(plain: Tables, what: str, group: str, target: float) -> None:
    found, n = share(first_reads(plain), what, group)
    assert near(found, target, n), (found, n)


def test_a_cap_sign_is_seen_more_often_on_t2star(plain: Tables) -> None:
    reads = first_reads(plain).filter((pl.col("group") == "EPN") & pl.col("cap_sign").is_in(SIGN))
    on_t2star = (reads["seq_t2star_gre"] == "acquired") | (reads["seq_swi"] == "acquired")
    for on, target in ((False, 0.29), (True, 0.29 * 1.3)):
        seen = reads.filter(on_t2star == on)["cap_sign"] == "present"
        assert near(float(seen.mean()), target, len(seen))


def test_published_means_come_out(plain: Tables) -> None:
    cases = plain["cases"].join(groups(plain), on="case_id").filter(pl.col("age_years") != "")
    age = cases.select("group", pl.col("age_years").cast(pl.Float64))
    for group, target in (("EPN", 44), ("SUB", 49), ("PA", 31), ("HGA", 32)):
        found = age.filter(pl.col("group") == group)["age_years"]
        error = float(found.std()) / np.sqrt(len(found))
        assert abs(float(found.mean()) - target) < max(0.05 * target, 4 * error), group
    reads = first_reads(plain).filter(pl.col("n_segments") != "")
    for group, target in (("EPN", 3.7), ("PA", 4.7)):
        length = reads.filter(pl.col("group") == group)["n_segments"].cast(pl.Float64)
        error = float(length.std()) / np.sqrt(len(length))
        assert abs(float(length.mean()) - target) < max(0.05 * target, 4 * error), group


def first_surgeries(tables: Tables) -> pl.DataFrame:
    return (
        tables["surgeries"]
        .filter(pl.col("surgery_number") == "1")
        .join(groups(tables), on="case_id")
    )


def test_resection_comes_out(plain: Tables) -> None:
    first = first_surgeries(plain).filter(pl.col("extent_of_resection") != "unknown")
    total = first["extent_of_resection"] == "gtr"
    assert abs(float(total.mean()) - 0.651) <= 0.03
    for group, target in (("EPN", 0.75), ("SUB", 0.23), ("PA", 0.28), ("HB", 0.95)):
        of_group = total.filter(first["group"] == group)
        assert near(float(of_group.mean()), target, len(of_group), within=0.03), group


def test_monitoring_goes_with_resection_and_does_nothing(plain: Tables) -> None:
    # Published .76 v .58, log odds ratio .83 (PMC4075368). With the effects of surgeon (+1.2) and
    # period (+0.3) that the specification sets, two causes in common cannot bring about more
    # than .51, whatever the monitoring depends on: half of the gap stays unexplained here.
    first = first_surgeries(plain).filter(pl.col("extent_of_resection") != "unknown")
    total, monitored = first["extent_of_resection"] == "gtr", first["ionm_mep"] == "yes"
    at, error = odds_ratio(
        [int((x & y).sum()) for x in (monitored, ~monitored) for y in (total, ~total)]
    )
    assert 0.35 - 4 * error < at < 0.51 + 4 * error
    stratum = first["surgeon_experience"] == "over_50"
    at, error = odds_ratio(
        [int((x & y & stratum).sum()) for x in (monitored, ~monitored) for y in (total, ~total)]
    )
    assert abs(at) < 0.35, "little is left among the experienced"


def grades(tables: Tables) -> pl.DataFrame:
    """One row per case: the modified McCormick grade at each timepoint, as far as known."""
    scored = tables["functional_status"].filter(pl.col("scale_version") == "modified_1_5")
    wide = scored.with_columns(pl.col("score").cast(pl.Float64)).pivot(
        on="timepoint", index="case_id", values="score", aggregate_function="first"
    )
    return wide.filter(pl.col("preoperative").is_not_null()).join(groups(tables), on="case_id")


def test_function_comes_out(plain: Tables) -> None:
    found = grades(plain)
    told = found.filter(pl.col("discharge").is_not_null())
    worse = told["discharge"] > told["preoperative"]
    assert near(float(worse.mean()), 0.227, len(worse))
    later = found.filter(pl.col("month_6").is_not_null())
    change = later["month_6"] - later["preoperative"]
    for share_found, target in (
        ((change < 0).mean(), 0.275),
        ((change == 0).mean(), 0.549),
        ((change > 0).mean(), 0.176),
    ):
        assert near(float(share_found), target, len(change))


def test_of_the_operated_as_many_lack_the_month_6_grade_as_published(plain: Tables) -> None:
    """122 of 1,033 in endo2022, for whatever reason: dead, lost, not yet there, not recorded."""
    operated = first_surgeries(plain).select("case_id")
    graded = plain["functional_status"].filter(pl.col("timepoint") == "month_6")
    missing = operated.join(graded, on="case_id", how="anti").height / operated.height
    assert near(missing, 0.118, operated.height)


def slope(x: NDArray[np.float64], y: NDArray[np.bool_]) -> tuple[float, float]:
    """Log odds ratio per unit and its standard error, by maximum likelihood."""
    model = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1000).fit(x[:, None], y)
    p = model.predict_proba(x[:, None])[:, 1]
    design = np.column_stack([np.ones_like(x), x])
    information = design.T @ (design * (p * (1 - p))[:, None])
    return float(model.coef_[0, 0]), float(np.sqrt(np.linalg.inv(information)[1, 1]))


def test_length_costs_function_in_ependymoma_as_published(plain: Tables) -> None:
    lengths = first_reads(plain).filter(pl.col("n_segments") != "").select("case_id", "n_segments")
    found = grades(plain).filter(pl.col("group") == "EPN").join(lengths, on="case_id")
    told = found.filter(pl.col("discharge").is_not_null() & (pl.col("preoperative") < 5))
    at, error = slope(
        told["n_segments"].cast(pl.Float64).to_numpy(),
        (told["discharge"] > told["preoperative"]).to_numpy(),
    )
    assert abs(at - np.log(1.74)) < max(0.15, 4 * error), (np.exp(at), error)
    told = found.filter(pl.col("month_12").is_not_null())
    at, error = slope(
        told["n_segments"].cast(pl.Float64).to_numpy(), (told["month_12"] <= 2).to_numpy()
    )
    assert abs(at - np.log(0.77)) < max(0.15, 4 * error), (np.exp(at), error)


def survival(time: NDArray[np.float64], event: NDArray[np.bool_], at: float) -> float:
    """Kaplan-Meier estimate at one time."""
    order = np.lexsort((~event, time))
    time, event = time[order], event[order]
    at_risk = len(time) - np.arange(len(time))
    steps = np.where(event & (time <= at), 1 - 1 / at_risk, 1.0)
    return float(np.prod(steps))


def courses(tables: Tables) -> pl.DataFrame:
    """Per operated case: days from surgery to death or last contact, to progression or imaging."""

    def day(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.Float64, strict=False)

    start = first_surgeries(tables).select("case_id", "group", start=day("surgery_day"))
    contacts = tables["follow_up"].filter(
        ~((pl.col("vital_status") == "dead") & (pl.col("death_day") == ""))
    )
    seen = contacts.group_by("case_id").agg(
        death=day("death_day").max(),
        last=day("contact_day").max(),
        imaged=day("last_imaging_day").max(),
        progression=day("progression_day").min(),
    )
    return seen.join(start, on="case_id").with_columns(
        died=pl.col("death").is_not_null(),
        os=pl.coalesce("death", "last") - pl.col("start"),
        event=pl.col("progression").is_not_null() | pl.col("death").is_not_null(),
        pfs=pl.coalesce(pl.min_horizontal("progression", "death"), "imaged") - pl.col("start"),
    )


def test_survival_comes_out(plain: Tables) -> None:
    found = courses(plain)
    for group, years, target in (("EPN", 12, 0.937), ("HGA", 1, 0.657), ("HGA", 3, 0.407)):
        of_group = found.filter(pl.col("group") == group)
        alive = survival(of_group["os"].to_numpy(), of_group["died"].to_numpy(), 365.25 * years)
        assert abs(alive - target) < 0.04, (group, years, alive)
    # the median of 21 months cannot hold beside the two shares (docs/decisions/departures.md)
    of_group = found.filter(pl.col("group") == "HGA")
    alive = survival(of_group["os"].to_numpy(), of_group["died"].to_numpy(), 24.5 * 30.4375)
    assert abs(alive - 0.5) < 0.03, alive
    of_group = found.filter(pl.col("group") == "LGA")
    alive = survival(of_group["os"].to_numpy(), of_group["died"].to_numpy(), 46 * 30.4375)
    assert abs(alive - 0.5) < 0.05, alive
    of_group = found.filter((pl.col("group") == "EPN") & pl.col("pfs").is_not_null())
    for years, target in ((5, 0.87), (10, 0.80)):
        free = survival(of_group["pfs"].to_numpy(), of_group["event"].to_numpy(), 365.25 * years)
        assert abs(free - target) < 0.04, (years, free)


def odds_ratio(counts: Sequence[float]) -> tuple[float, float]:
    """Log odds ratio and standard error of a, b, c, d; 0.5 is added where a cell is 0."""
    cells = np.asarray(counts, dtype=float)
    if (cells == 0).any():
        cells = cells + 0.5
    a, b, c, d = cells
    return float(np.log(a * d / (b * c))), float(np.sqrt((1 / cells).sum()))


@pytest.mark.parametrize("name", ASSOCIATIONS)
def test_published_counts_give_the_printed_interval_and_p(name: str) -> None:
    counts, (low, high), p = ASSOCIATIONS[name]
    at, error = odds_ratio(counts)
    assert np.exp(at - 1.96 * error) == pytest.approx(low, rel=0.06)
    assert np.exp(at + 1.96 * error) == pytest.approx(high, rel=0.06)
    a, b, c, d = counts
    assert fisher_exact([[a, b], [c, d]]).pvalue == pytest.approx(p, rel=0.02)


def crossed(reads: pl.DataFrame, column: str, value: str, among: Sequence[str]) -> list[int]:
    """Counts of a sign in ependymoma and in astrocytic tumours."""
    coded = reads.filter(pl.col(column).is_in(among))
    has = coded[column] == value
    epn, astro = coded["group"] == "EPN", coded["group"].is_in(ASTROCYTIC)
    return [int((x & y).sum()) for x in (epn, astro) for y in (has, ~has)]


def test_associations_of_an_awkward_registry_lie_in_the_published_intervals(
    awkward: Tables,
) -> None:
    reads = first_reads(awkward)
    any_cavity = reads.filter(pl.col("syrinx_definition") == "any_cavity")
    found = {
        "diffuse enhancement": crossed(
            reads, "enhancement_extent", "diffuse", ("diffuse", "focal")
        ),
        "T2 high at enhancing part": crossed(reads, "t2_high_at_enhancing_part", "present", SIGN),
        "any cavity": crossed(any_cavity, "syrinx", "present", SIGN),
        "sharp margin, without pilocytic": crossed(
            reads.filter(pl.col("group") != "PA"),
            "margin",
            "well_defined",
            ("well_defined", "ill_defined"),
        ),
        "polar cyst, first series": crossed(reads, "polar_cyst", "present", SIGN),
        "haemorrhage": crossed(reads, "haemorrhage", "present", SIGN),
    }
    degree = ("none", "mild", "marked", "present_unspecified")
    a, b, c, d = crossed(reads, "enhancement_degree", "none", degree)
    found["any enhancement"] = [b, a, d, c]
    judged = first_surgeries(awkward).filter(
        pl.col("growth_type").is_in(["displacing", "infiltrating"])
        & (pl.col("extent_of_resection") != "unknown")
    )
    total, pushes = judged["extent_of_resection"] == "gtr", judged["growth_type"] == "displacing"
    found["GTR by growth"] = [
        int((x & y).sum()) for x in (pushes, ~pushes) for y in (total, ~total)
    ]
    for name, counts in found.items():
        low, high = ASSOCIATIONS[name][1]
        assert low < np.exp(odds_ratio(counts)[0]) < high, (name, counts)


def test_merging_three_definitions_of_a_syrinx_biases_its_odds_ratio() -> None:
    settings = Settings(kind="national", site_effects=False)
    registry = simulate_registry(cases=20_000, sites=3, seed=7, settings=settings)
    reads = first_reads(pooled(registry))
    by_definition = [
        odds_ratio(crossed(part, "syrinx", "present", SIGN))
        for _, part in reads.filter(pl.col("syrinx") != "not_assessable").group_by(
            "syrinx_definition", maintain_order=True
        )
        if part["syrinx"].is_in(SIGN).all()
    ]
    assert len(by_definition) == 3
    at, error = (np.array(x) for x in zip(*by_definition, strict=True))
    weight = error**-2.0
    common, common_error = (weight * at).sum() / weight.sum(), weight.sum() ** -0.5
    q = (weight * (at - common) ** 2).sum()
    assert 1 - (len(at) - 1) / q > 0.5, "I2 between the definitions"
    merged, _ = odds_ratio(crossed(reads, "syrinx", "present", SIGN))
    assert abs(merged - common) > 1.96 * common_error, (merged, common, common_error)
    assert merged < common, "merging hides what each definition shows"


@pytest.mark.parametrize(
    ("column", "coded", "kappa"),
    [
        ("margin", ("well_defined", "ill_defined"), 0.6),
        ("cap_sign", SIGN, 0.5),
        ("enhancement_degree", ("none", "present"), 0.8),
        ("axial_location", ("central", "eccentric", "unilateral", "whole_section"), 0.75),
        ("polar_cyst", SIGN, 0.65),
        ("intratumoural_cyst", SIGN, 0.65),
    ],
)
def test_two_readers_agree_as_far_as_assumed(
    plain: Tables, column: str, coded: Sequence[str], kappa: float
) -> None:
    reads = plain["imaging_reads"].filter(pl.col("is_consensus") == "no")
    if column == "enhancement_degree":
        some = pl.col(column).is_in(["mild", "marked", "present_unspecified"])
        reads = reads.with_columns(
            pl.when(some).then(pl.lit("present")).otherwise(pl.col(column)).alias(column)
        )
    reads = reads.filter(pl.col(column).is_in(coded)).sort("read_id")
    one = reads.unique("study_id", keep="first", maintain_order=True)
    two = reads.unique("study_id", keep="last", maintain_order=True)
    both = one.join(two, on="study_id", suffix="_2").filter(
        pl.col("reader_id") != pl.col("reader_id_2")
    )
    found = cohen_kappa_score(both[column].to_list(), both[f"{column}_2"].to_list())
    assert both.height > 1000
    assert abs(found - kappa) < 0.1, found
