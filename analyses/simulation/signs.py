"""Signs: the fields of a read, from shares, growth type, sequences and the reader's numbers.

Belongs here: every descriptive column of `imaging_reads`, its missing states included.
Does not belong here: who reads what (`reads`), the shares (`sign_parameters`).
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from analyses.simulation import parameters as p
from analyses.simulation import sign_parameters as s
from analyses.simulation.calibration import split_share
from analyses.simulation.cases import LOWEST, Cases, region_codes
from analyses.simulation.draw import (
    Bools,
    Floats,
    Ints,
    by_group,
    choose,
    codes,
    expit,
    keep,
    logit,
    stream,
    text_frame,
    whole,
)
from analyses.simulation.imaging import MR, Studies
from analyses.simulation.imaging_details import read_details
from analyses.simulation.reads import (
    Reads,
    level_codes,
    missing_rate,
    reader_ids,
    yes_no,
)
from schemas.tables import BY_NAME
from schemas.vocabularies import CORD_REGION, LEVEL, SIGN

PRESENT, ABSENT, INDETERMINATE, NOT_ASSESSABLE, NOT_REPORTED = range(5)
_T2 = ("t2", "stir", "3d_t2")
_T2_ANY = ("t2", "t2star_gre", "swi", "3d_t2")


class SignReader:
    """Reads fields for all reads of a site; the streams and the reads stay the same throughout."""

    def __init__(self, cases: Cases, studies: Studies, reads: Reads, *, seed: int) -> None:
        self.cases, self.studies, self.reads = cases, studies, reads
        self.rng = stream(seed, "signs", site=cases.site.number)
        self.group = cases.group[reads.case]
        self.is_mr = (studies.modality == MR)[reads.study]
        self.not_reported = missing_rate(cases, reads)

    def has(self, *sequences: str) -> Bools:
        """Whether the read's study has one of the sequences."""
        return self.studies.has(*sequences)[self.reads.study]

    def share(self, name: str) -> Floats:
        """Probability of a sign per read: group, growth type and the habit of the site."""
        sign = s.SIGNS[name]
        share = np.array(sign.share)
        first, second = split_share(share, np.array(p.DISPLACING), sign.growth_odds)
        displacing = self.cases.displacing[self.reads.case]
        found = np.where(displacing, first[self.group], second[self.group])
        return self.habit(found, name)

    def habit(self, share: Floats, name: str) -> Floats:
        """A probability, moved by the site's habit of reading this sign."""
        return expit(logit(share) + self.cases.site.sign_intercepts[name])

    def states(self, present: Bools, assessable: Bools) -> Ints:
        """Five states of a sign from truth and sequences (places in the vocabulary)."""
        n = self.reads.n
        place = np.where(present, PRESENT, ABSENT)
        place = np.where(self.reads.gone, ABSENT, place)
        unsure = ~self.reads.gone & (self.rng.random(n) < s.INDETERMINATE)
        place = np.where(unsure, INDETERMINATE, place)
        place = np.where(self.rng.random(n) < self.not_reported, NOT_REPORTED, place)
        return np.where(assessable, place, NOT_ASSESSABLE).astype(np.int64)

    def sign(self, name: str, assessable: Bools) -> Ints:
        """A sign that depends on nothing but its share and the sequences."""
        return self.states(self.reads.uniform[name] < self.share(name), assessable)

    def field(self, values: Sequence[str], place: Ints, assessable: Bools) -> pl.Series:
        """A description: its code, or the state that says why there is none."""
        states = np.where(self.rng.random(self.reads.n) < self.not_reported, len(values), place)
        states = np.where(assessable, states, len(values) + 1)
        states = np.where(self.reads.gone, len(values) + 2, states)
        return codes((*values, "not_reported", "not_assessable", "not_applicable"), states)


def imaging_reads_table(
    cases: Cases, studies: Studies, reads: Reads, *, seed: int
) -> tuple[pl.DataFrame, dict[str, Ints]]:
    """Table `imaging_reads`, and the states of its signs in the order of the reads."""
    reader = SignReader(cases, studies, reads, seed=seed)
    signs = {**_plain_signs(reader), **_haemosiderin(reader), **_cavities(reader)}
    columns: dict[str, pl.Series | str] = {
        "read_id": reads.read_id,
        "study_id": studies.study_id.gather(reads.study),
        "reader_id": reader_ids(cases, reads),
        "read_round": whole(reads.round),
        "is_consensus": yes_no(reads.consensus),
        **_place(reader),
        **_appearance(reader, signs),
        **_enhancement(reader),
    }
    syrinx_coded = np.isin(signs["syrinx"], (PRESENT, ABSENT))
    for name, place in signs.items():
        columns[name] = codes(SIGN.codes, place)
    columns["syrinx_definition"] = keep(_syrinx_definition(reader), syrinx_coded)
    columns |= read_details(
        stream(seed, "details", site=3000 + cases.site.number),
        cases,
        studies,
        reads,
        enhancement=pl.Series(columns["enhancement_degree"]),
        axial=pl.Series(columns["axial_location"]),
    )
    return text_frame(BY_NAME["imaging_reads"], columns, height=reads.n), signs


def _place(r: SignReader) -> dict[str, pl.Series]:
    """Region, levels and place in the section."""
    upper, lower = level_codes(r.reads, r.cases, lowest=LOWEST)
    region = region_codes(upper, lower, r.cases.upper[r.reads.case] % 2 == 0)
    told = ~r.reads.gone
    central = r.reads.uniform["axial_location"] < r.share("axial_location")
    other = choose(r.reads.uniform["off_centre"], np.array(s.NOT_CENTRAL)) + 1
    axial = r.studies.axial[r.reads.study] & r.has("t2", "t1_post_contrast", "3d_t2")
    return {
        "cord_region": codes(CORD_REGION.codes, region),
        "level_upper": keep(codes(LEVEL.codes, upper), told, "unknown"),
        "level_lower": keep(codes(LEVEL.codes, lower), told, "unknown"),
        "n_segments": whole(lower - upper + 1, where=told),
        "n_segments_missing_reason": codes(("not_applicable", ""), told),
        "axial_location": r.field(
            ("central", "eccentric", "unilateral", "whole_section"),
            np.where(central, 0, other),
            axial,
        ),
    }


def _appearance(r: SignReader, signs: dict[str, Ints]) -> dict[str, pl.Series]:
    """Signal, margin and composition."""
    u1, u2 = r.reads.uniform["t1_signal"], r.reads.uniform["t2_signal"]
    iso, high = by_group(s.T1_ISO, r.group), by_group(s.T2_HIGH, r.group)
    rest1 = choose(np.clip((u1 - iso) / (1 - iso), 0, 1), np.array(s.T1_REST))
    rest2 = choose(np.clip((u2 - high) / (1 - high), 0, 1), np.array(s.T2_REST))
    signal = ("hypointense", "isointense", "hyperintense", "mixed")
    sharp = r.reads.uniform["margin"] < r.share("margin")
    margin = np.where(r.rng.random(r.reads.n) < 0.03, 2, np.where(sharp, 0, 1))
    cyst = signs["intratumoural_cyst"]
    composition = codes(("mixed_cystic_solid", "solid", "not_reported", "not_reported", ""), cyst)
    return {
        "t1_signal": r.field(
            signal, np.where(u1 < iso, 1, np.array((0, 2, 3))[rest1]), r.has("t1")
        ),
        "t2_signal": r.field(
            signal, np.where(u2 < high, 2, np.array((1, 0, 3))[rest2]), r.has(*_T2)
        ),
        "margin": r.field(
            ("well_defined", "ill_defined", "indeterminate"),
            margin,
            r.has(*_T2, "t1_post_contrast"),
        ),
        "composition": keep(composition, ~r.reads.gone),
    }


def _enhancement(r: SignReader) -> dict[str, pl.Series]:
    """Degree, pattern, extent and T2 signal at the enhancing part; consistent with one another."""
    n, shown = r.reads.n, r.has("t1_post_contrast")
    enhances = r.reads.uniform["enhancement_degree"] < r.share("enhancement_degree")
    enhances = enhances & ~r.reads.gone
    told = shown & (r.rng.random(n) >= r.not_reported)
    degree = choose(r.reads.uniform["degree"], np.array(s.DEGREE)) + 1
    pattern = choose(r.reads.uniform["pattern"], np.array(s.PATTERN)[r.group])
    focal = r.reads.uniform["enhancement_extent"] >= r.share("enhancement_extent")
    none, silent, blind = told & ~enhances, shown & ~told, ~shown

    def described(values: Sequence[str], place: Ints | Bools, when_none: str) -> pl.Series:
        states = np.select(
            [none, silent, blind], [len(values), len(values) + 1, len(values) + 2], default=place
        )
        return codes((*values, when_none, "not_reported", "not_assessable"), states)

    high = r.reads.uniform["t2_high_at_enhancing_part"] < r.share("t2_high_at_enhancing_part")
    judged = r.states(high, told & enhances & r.has(*_T2))
    judged = np.where(r.reads.gone, NOT_ASSESSABLE, judged)
    patterns = ("homogeneous", "heterogeneous", "rim", "nodular", "patchy")
    return {
        "enhancement_degree": described(
            ("mild", "marked", "present_unspecified"), degree - 1, "none"
        ),
        "enhancement_pattern": described(patterns, pattern, "not_applicable"),
        "enhancement_extent": described(("diffuse", "focal"), focal, "not_applicable"),
        "t2_high_at_enhancing_part": codes(SIGN.codes, judged),
    }


def _plain_signs(r: SignReader) -> dict[str, Ints]:
    """Signs that need nothing but a suitable sequence."""
    any_mr, t2 = r.is_mr, r.has(*_T2)
    found = {
        name: r.sign(name, assessable)
        for name, assessable in (
            ("exophytic_component", any_mr),
            ("cord_expansion", any_mr),
            ("calcification", ~r.is_mr | r.has("t2star_gre", "swi")),
            ("oedema", t2),
            ("flow_voids", t2),
            ("diffusion_restriction", r.has("dwi", "dti")),
            ("leptomeningeal_spread", r.has("t1_post_contrast")),
            ("bone_erosion", np.ones(r.reads.n, dtype=np.bool_)),
            ("intratumoural_cyst", t2),
        )
    }
    children = s.SCOLIOSIS_CHILD * r.cases.child[r.reads.case]
    scoliosis = r.reads.uniform["scoliosis"] < expit(logit(r.share("scoliosis")) + children)
    return {**found, "scoliosis": r.states(scoliosis, np.ones(r.reads.n, dtype=np.bool_))}


def _haemosiderin(r: SignReader) -> dict[str, Ints]:
    """Cap sign and haemorrhage: no cap without blood (R027), the group's shares kept."""
    on_t2star = r.has("t2star_gre", "swi")
    share = r.share("cap_sign")
    raised = np.where(on_t2star, np.minimum(share * s.CAP_ON_T2STAR, 0.95), share)
    has_cap = r.reads.uniform["cap_sign"] < raised
    cap = r.states(has_cap, r.has(*_T2_ANY))
    wanted = r.share("haemorrhage")
    with_cap = np.maximum(wanted, s.HAEMORRHAGE_WITH_CAP)
    # Reads with a cap and no blood say nothing of blood: solve for the share in the others.
    without = (wanted * (raised * with_cap + 1 - raised) - raised * with_cap) / (1 - raised)
    blood = r.reads.uniform["haemorrhage"] < np.where(has_cap, with_cap, np.clip(without, 0, 1))
    haemorrhage = r.states(blood, np.ones(r.reads.n, dtype=np.bool_))
    silent = (cap == PRESENT) & (haemorrhage == ABSENT)
    return {
        "cap_sign": cap,
        "haemorrhage": np.where(silent, NOT_REPORTED, haemorrhage).astype(np.int64),
    }


def _cavities(r: SignReader) -> dict[str, Ints]:
    """Polar cyst and syrinx: strict within with_hydromyelia within any, polar within any."""
    table = np.array(s.CAVITY)[r.group]
    strict, hydro, any_ = (r.habit(table[:, k], "cavity") for k in range(3))
    polar = np.minimum(by_group(s.POLAR_CYST, r.group), table[:, 2])
    # A cavity that is neither syrinx nor widened canal touches a pole; the rest makes up the share.
    within = np.clip((polar - (table[:, 2] - table[:, 1])) / table[:, 1], 0, 1)
    u, v = r.reads.uniform["cavity"], r.reads.uniform["polar_cyst"]
    has_polar = (u < any_) & ((u >= hydro) | (v < within))
    kind = _syrinx_kind(r)
    limit = np.select([kind == 0, kind == 2], [strict, any_], default=hydro)
    t2 = r.has(*_T2)
    polar_state, syrinx = r.states(has_polar, t2), r.states(u < limit, t2)
    return {"polar_cyst": polar_state, "syrinx": syrinx}


def _syrinx_kind(r: SignReader) -> Ints:
    """Place of each read's definition in strict, with_hydromyelia, any_cavity, unspecified."""
    kind = np.full(r.reads.n, p.SYRINX_CYCLE.index(r.cases.site.syrinx_definition))
    if r.cases.site.reading_mode == "report_text":
        # The same number decides in `_syrinx_definition`: a function of the read alone.
        unspecified = r.reads.uniform["levels"] % 0.05 < 0.05 * s.UNSPECIFIED_SYRINX_REPORT_TEXT
        kind = np.where(unspecified, 3, kind)
    return kind.astype(np.int64)


def _syrinx_definition(r: SignReader) -> pl.Series:
    """What each read calls a syrinx."""
    return codes((*p.SYRINX_CYCLE, "unspecified"), _syrinx_kind(r))
