"""Cases: sites, patients, tumours and what was known at presentation.

Belongs here: the first steps of generation, up to the latent growth type, and the tables `sites`,
`patients` and `cases`.
Does not belong here: images (`imaging`, `reads`), surgery (`treatment`), course (`course`).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri

from analyses.simulation import detail_parameters as d
from analyses.simulation import parameters as p
from analyses.simulation import sign_parameters as s
from analyses.simulation.calibration import adult_age_location, draw_lengths, mix_of
from analyses.simulation.draw import (
    Bools,
    Floats,
    Ints,
    by_group,
    choose,
    codes,
    decimal,
    expit,
    keep,
    labelled,
    nth_of,
    stream,
    text_frame,
    whole,
)
from schemas.tables import BY_NAME
from schemas.vocabularies import CORD_REGION, LEVEL

#: Lowest vertebral level a tumour reaches: L2.
LOWEST = LEVEL.codes.index("L2")
_C7, _T1, _T11, _T12, _L1 = (LEVEL.codes.index(x) for x in ("C7", "T1", "T11", "T12", "L1"))


@dataclass(frozen=True)
class Site:
    """One site: its kind and habits; `number` is its place in the registry."""

    site_id: str
    number: int
    kind: str
    syrinx_definition: str
    mccormick_version: str
    eor_basis: str
    reading_mode: str
    sign_intercepts: dict[str, float]
    adc_gain: tuple[float, float]
    settings: p.Settings

    @property
    def effects(self) -> bool:
        """Whether this registry has site effects."""
        return self.settings.site_effects


@dataclass(frozen=True)
class Cases:
    """One array per quantity, one element per case, sorted by patient and case number.

    Latent quantities (`grade`, `displacing`, `length`) never leave as such. `surgery_day` is -1
    where the case is never operated; `upper` and `lower` are places in the level vocabulary.
    """

    site: Site
    case_id: pl.Series
    patient: Ints
    case_number: Ints
    group: Ints
    child: Bools
    age: Floats
    male: Bools
    syndrome: Bools
    period: Ints
    upper: Ints
    lower: Ints
    displacing: Bools
    h3_altered: Bools
    grade: Ints
    surgery_day: Ints
    index_is_surgery: Bools
    biopsy: Bools
    contraindicated: Bools
    incidental: Bools
    recurrent: Bools

    @property
    def n(self) -> int:
        """Number of cases."""
        return len(self.group)

    @property
    def length(self) -> Ints:
        """Vertebral levels spanned, both ends counted."""
        return self.lower - self.upper + 1

    @property
    def operated(self) -> Bools:
        """Whether the case is ever operated."""
        return self.surgery_day >= 0


def make_site(number: int, *, seed: int, settings: p.Settings) -> Site:
    """Habits of the site at that place of the registry."""
    cycle = number % len(p.SITE_KINDS)
    rng = stream(seed, "site", site=number)
    intercepts = rng.normal(0, s.SITE_INTERCEPT_SD, len(s.SIGNS) + 1)
    gain = (float(rng.uniform(0.8, 1.25)), float(rng.normal(0, 0.5)))
    original = settings.site_effects and cycle == p.ORIGINAL_MCCORMICK_SITE
    if not settings.site_effects:
        intercepts, gain = intercepts * 0, (1.0, 0.0)
    return Site(
        site_id=site_name(number),
        number=number,
        kind=settings.kind or p.SITE_KINDS[cycle],
        syrinx_definition=p.SYRINX_CYCLE[number % 3],
        mccormick_version="original_1_4" if original else "modified_1_5",
        eor_basis=p.EOR_BASES[cycle],
        reading_mode=p.READING_MODES[cycle] if settings.site_effects else "double_independent",
        sign_intercepts=dict(zip((*s.SIGNS, "cavity"), map(float, intercepts), strict=True)),
        adc_gain=gain,
        settings=settings,
    )


def site_name(number: int) -> str:
    """Name of the site at that place: SIM_A to SIM_Z, then SIM_AA and so on.

    Examples
    --------
    >>> [site_name(number) for number in (0, 25, 26, 701)]
    ['SIM_A', 'SIM_Z', 'SIM_AA', 'SIM_ZZ']
    """
    first, last = divmod(number, 26)
    return "SIM_" + (chr(ord("A") + first - 1) if first else "") + chr(ord("A") + last)


def draw_cases(site: Site, n: int, *, seed: int) -> Cases:
    """Draw the cases of a site, in the order of the specification."""
    rng = stream(seed, "cases", site=site.number)
    child = rng.random(n) < (1.0 if site.kind == "paediatric" else p.CHILD_SHARE)
    mixes = np.stack([mix_of(site.kind, child=False), mix_of(site.kind, child=True)])
    group = choose(rng.random(n), mixes[child.astype(np.int64)])
    age = _ages(rng, group, child)
    male = rng.random(n) < by_group(p.MALE, group)
    shares = [p.SYNDROMES[g][1] if g in p.SYNDROMES else 0.0 for g in range(len(p.GROUPS))]
    syndrome = rng.random(n) < by_group(shares, group)
    period = choose(rng.random(n), np.array(p.PERIOD_SHARE))
    patient = _patients(rng, (group == p.HB) & syndrome & ~child)
    order = np.argsort(patient, kind="stable")
    group, period, patient = group[order], period[order], patient[order]
    child, male, syndrome, age = child[order], male[order], syndrome[order], age[order]
    number = nth_of(patient)
    second = np.flatnonzero(number == 2)
    male[second], period[second] = male[second - 1], period[second - 1]
    age[second] = np.minimum(age[second - 1] + 0.5 + 3.5 * rng.random(len(second)), 90.0)
    upper, lower, displacing = _tumours(stream(seed, "tumour", site=site.number), group)
    surgery_day, at_index = _plan(stream(seed, "plan", site=site.number), group)
    incidental = rng.random(n) < by_group(p.INCIDENTAL, group)
    return Cases(
        site=site,
        case_id=_case_ids(site, patient, number),
        patient=patient,
        case_number=number,
        group=group,
        child=child,
        age=np.round(age, 1),
        male=male,
        syndrome=syndrome,
        period=period,
        upper=upper,
        lower=lower,
        displacing=displacing,
        h3_altered=(group == p.HGA) & (rng.random(n) < p.H3_ALTERED),
        grade=_grades(rng, upper, incidental),
        surgery_day=surgery_day,
        index_is_surgery=at_index,
        biopsy=(surgery_day >= 0) & (rng.random(n) < by_group(p.BIOPSY, group)),
        contraindicated=rng.random(n) < s.CONTRAINDICATED,
        incidental=incidental,
        recurrent=~incidental & (rng.random(n) < p.RECURRENT) & (number == 1),
    )


def _ages(rng: np.random.Generator, group: Ints, child: Bools) -> Floats:
    """Ages in years: children even over 1 to 17, adults from a cut normal."""
    at, sd = by_group(adult_age_location(), group), by_group(p.AGE_SD, group)
    low, high = ndtr((18 - at) / sd), ndtr((90 - at) / sd)
    u = rng.random(len(group))
    adult = at + sd * ndtri(low + u * (high - low))
    return np.where(child, 1 + 16.9 * u, np.clip(adult, 18.0, 90.0))


def _patients(rng: np.random.Generator, paired: Bools) -> Ints:
    """Number of each case's patient: of two successive `paired` cases some are one patient."""
    patient = np.arange(len(paired), dtype=np.int64)
    of_vhl = np.flatnonzero(paired)
    pairs = of_vhl[: len(of_vhl) // 2 * 2].reshape(-1, 2)
    joined = pairs[rng.random(len(pairs)) < p.SAME_PATIENT]
    patient[joined[:, 1]] = joined[:, 0]
    return np.unique(patient, return_inverse=True)[1].astype(np.int64) + 1


def _case_ids(site: Site, patient: Ints, number: Ints) -> pl.Series:
    """Case ids from the patient's pseudonym, such as SIM_A-P0001-1."""
    return labelled(_patient_ids(site, patient), "-", number, width=1)


def _patient_ids(site: Site, patient: Ints) -> pl.Series:
    """Pseudonyms such as SIM_A-P0001, of one width within a site: they sort as they are counted."""
    width = max(4, len(str(int(patient.max(initial=0)))))
    prefix = pl.Series([site.site_id], dtype=pl.String).new_from_index(0, len(patient))
    return labelled(prefix, "-P", patient, width=width)


def _tumours(rng: np.random.Generator, group: Ints) -> tuple[Ints, Ints, Bools]:
    """Upper and lower level, and whether the tumour grows displacing."""
    n = len(group)
    length = draw_lengths(rng, group)
    region = choose(
        rng.random(n),
        np.where((group == p.EPN)[:, None], np.array(p.REGION_EPN), np.array(p.REGION_OTHER)),
    )
    low, high = np.array([1, _T1, _T12])[region], np.array([_C7, _T11, _L1])[region]
    centre = low + np.floor(rng.random(n) * (high - low + 1)).astype(np.int64)
    upper = np.clip(centre - length // 2, 0, LOWEST + 1 - length)
    displacing = rng.random(n) < by_group(p.DISPLACING, group)
    return upper, upper + length - 1, displacing


def _plan(rng: np.random.Generator, group: Ints) -> tuple[Ints, Bools]:
    """Day of the first surgery (-1: never) and whether it is day 0."""
    u = rng.random(len(group))
    never, watched = by_group(p.NOT_OPERATED, group), by_group(p.WATCHED_FIRST, group)
    later = rng.integers(90, 1200, len(group))
    day = np.where(u < never, -1, np.where(u < never + watched, later, 0)).astype(np.int64)
    return day, day == 0


def _grades(rng: np.random.Generator, upper: Ints, incidental: Bools) -> Ints:
    """Modified McCormick grade before surgery; thoracic tumours are worse."""
    shares = np.array(p.PREOPERATIVE_GRADE)
    grade = choose(rng.random(len(upper)), shares) + 1
    # Half the tumours are thoracic: up and down by the same share keeps the mean.
    move, thoracic = rng.random(len(upper)), upper >= _T1
    grade = grade + (thoracic & (move < p.THORACIC_SHIFT / 2) & (grade < 5))
    grade = grade - (~thoracic & (move < p.THORACIC_SHIFT / 2) & (grade > 1))
    return np.where(incidental, 1, grade).astype(np.int64)


def region_codes(upper: Ints, lower: Ints, conus: Bools) -> Ints:
    """Region of the cord from the levels (R035), as places in its vocabulary."""
    place = CORD_REGION.codes.index
    found = np.select(
        [
            (upper <= _C7) & (lower >= _T11),
            upper == 0,
            lower <= _C7,
            upper <= _C7,
            upper >= _L1,
            conus & (lower >= _T12),
            lower >= _L1,
        ],
        [
            place("holocord"),
            place("craniocervical"),
            place("cervical"),
            place("cervicothoracic"),
            place("conus"),
            place("conus"),
            place("thoracolumbar"),
        ],
        default=place("thoracic"),
    )
    return found.astype(np.int64)


def sites_table(site: Site) -> pl.DataFrame:
    """Table `sites`: one row."""
    setting = {"paediatric": "paediatric"}.get(site.kind, "mixed")
    habits = {
        "site_id": site.site_id,
        "definition_version": "1",
        "syrinx_definition": site.syrinx_definition,
        "mccormick_version": site.mccormick_version,
        "eor_basis": site.eor_basis,
        "adc_unit_delivered": "1e-6_mm2_s",
        "reading_mode": site.reading_mode,
        "setting": setting,
    }
    return text_frame(BY_NAME["sites"], habits, height=1)


def patients_table(cases: Cases, *, seed: int) -> pl.DataFrame:
    """Table `patients`: one row per patient, from the patient's first case."""
    rng = stream(seed, "cases", site=1000 + cases.site.number)
    first = cases.case_number == 1
    n = int(first.sum())
    group, has = cases.group[first], cases.syndrome[first]
    names = ["none"] * len(p.GROUPS)
    for place, (name, _) in p.SYNDROMES.items():
        names[place] = name
    syndrome = keep(codes(names, group), has, "none")
    columns: dict[str, pl.Series | str] = {
        "patient_id": _patient_ids(cases.site, cases.patient[first]),
        "site_id": cases.site.site_id,
        "sex": keep(codes(("female", "male"), cases.male[first]), rng.random(n) > 0.01, "unknown"),
        "syndrome": keep(syndrome, has | (rng.random(n) > 0.04), "unknown"),
    }
    minor = stream(seed, "details", site=cases.site.number)
    basis = choose(minor.random(n), np.array(d.SYNDROME_BASIS))
    columns["syndrome_basis"] = keep(
        codes(("genetic", "clinical", "family", "unknown"), basis), has
    )
    return text_frame(BY_NAME["patients"], columns, height=n)


def cases_table(cases: Cases, *, tissue: Bools, observed_until: Ints, seed: int) -> pl.DataFrame:
    """Table `cases`; `tissue` says whether a specimen confirmed the diagnosis."""
    rng = stream(seed, "cases", site=2000 + cases.site.number)
    n = cases.n
    age_known = rng.random(n) > 0.01
    months, told = _durations(rng, cases)
    treated = rng.random(n)
    columns: dict[str, pl.Series | str] = {
        "case_id": cases.case_id,
        "patient_id": _patient_ids(cases.site, cases.patient),
        "site_id": cases.site.site_id,
        "case_number": whole(cases.case_number),
        "index_event": codes(("diagnostic_imaging", "surgery"), cases.index_is_surgery),
        "index_period": codes(p.PERIODS, cases.period),
        "age_years": decimal(cases.age, 1, where=age_known),
        "age_years_missing_reason": codes(("not_recorded", ""), age_known),
        "case_kind": codes(("primary", "recurrent"), cases.recurrent),
        "is_incidental": codes(("no", "yes"), cases.incidental),
        "symptom_duration_months": decimal(months, 1, where=told),
        "symptom_duration_months_missing_reason": keep(
            codes(("not_recorded", "not_applicable"), cases.incidental), ~told
        ),
        "prior_surgery": codes(("no", "yes"), cases.recurrent & (treated < 0.9)),
        "prior_radiotherapy": codes(("no", "yes"), cases.recurrent & (treated > 0.7)),
        "is_tissue_confirmed": codes(("no", "yes"), tissue),
        "consent_scope": codes(
            ("research_registry", "site_only", "withdrawn"),
            choose(rng.random(n), np.array([0.97, 0.02, 0.01])),
        ),
    }
    for symptom, (constant, per_grade) in p.SYMPTOMS.items():
        has = ~cases.incidental & (
            rng.random(n) < expit((cases.grade - 1).astype(np.float64) * per_grade + constant)
        )
        known = cases.incidental | has | (rng.random(n) > 0.06)
        columns[f"symptom_{symptom}"] = keep(codes(("no", "yes"), has), known, "unknown")
    minor = stream(seed, "details", site=1000 + cases.site.number)
    asa = choose(minor.random(n), np.array(d.ASA)) + 1
    columns["asa_grade"] = whole(asa, where=cases.operated & (minor.random(n) < d.ASA_KNOWN))
    if cases.site.number % 2 == 0:
        columns["entry_day"] = whole(_entry_days(cases, observed_until, seed=seed))
    return text_frame(BY_NAME["cases"], columns, height=n)


def _entry_days(cases: Cases, observed_until: Ints, *, seed: int) -> Ints:
    """Day of entry into the registry: most soon after day 0, some late."""
    rng = stream(seed, "entry", site=cases.site.number)
    latest = np.array(d.ENTRY_DAYS)[(rng.random(cases.n) < d.ENTERED_LATE).astype(np.int64)]
    day: Ints = np.floor(rng.random(cases.n) * latest).astype(np.int64)
    return np.minimum(day, np.maximum(observed_until - 1, 0))


def _durations(rng: np.random.Generator, cases: Cases) -> tuple[Floats, Bools]:
    """Months from the first symptom, and whether the site knows; never longer than life (R012)."""
    mean, sd = by_group(p.DURATION_MEAN, cases.group), by_group(p.DURATION_SD, cases.group)
    spread = np.log1p((sd / mean) ** 2)
    drawn = np.exp(rng.normal(np.log(mean) - spread / 2, np.sqrt(spread)))
    told = ~cases.incidental & (rng.random(cases.n) > 0.15)
    return np.minimum(np.minimum(drawn, 600.0), 12.0 * cases.age), told
