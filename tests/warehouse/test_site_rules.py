"""Rules about a site as a whole: R083 refuses a measure, the others warn; p against scipy."""

import polars as pl
import pytest
from scipy.stats import fisher_exact

from schemas.catalogue import SITE_CHECKS
from schemas.measures import MEASURES
from schemas.tables import BY_NAME
from tests.support.rows import frame_of, valid_row
from tests.support.staging import stage_frames
from warehouse.merge import merge
from warehouse.quarantine import current_problems, findings_to_approve
from warehouse.site_findings import fisher_p, judge_sites
from warehouse.store import Store
from warehouse.validation.verdict import PROBLEM_SCHEMA, Verdict

ADC = "adc_mean_1e6_mm2_s"


def keep(store: Store, site: str, table: str, rows: list[dict[str, object]]) -> None:
    """Keep rows of a site as current ones, made from a delivery of its own."""
    ((number,),) = store.rows("select 100 + count(*) from received.deliveries")
    store.con.execute(
        "insert into received.deliveries (delivery, site, name, mode, status, accepted)"
        " values (?, ?, 'd1', 'full', 'received', 1)",
        [number, site],
    )
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        _delivery=pl.lit(number), provenance=pl.lit("simulated")
    )
    store.append("history", table, frame)


def keep_measures(store: Store, site: str, values: list[float], *, measure: str = ADC) -> None:
    """Keep measurements of a site."""
    rows = [
        {"measurement_id": f"{site}{i}", "measure": measure, "value": v}
        for i, v in enumerate(values)
    ]
    keep(store, site, "imaging_measurements", [dict(row) for row in rows])


def refused_of(store: Store, values: list[float], *, number: int = 500, measure: str = ADC) -> int:
    """Deliver measurements of site D; gives how many of them R083 refuses."""
    unit = {m.name: m.unit for m in MEASURES}[measure]
    rows = [
        valid_row(
            "imaging_measurements",
            measurement_id=f"D{number}-{i}",
            measure=measure,
            value=f"{value:g}",
            unit=unit,
        )
        for i, value in enumerate(values)
    ]
    for table in ("imaging_studies", "imaging_reads"):
        key = BY_NAME[table].key[0]
        store.append("history", table, pl.DataFrame({key: [valid_row(table)[key]]}))
    frame = frame_of("imaging_measurements", [dict(row) for row in rows])
    stage_frames(store, {"imaging_measurements": frame}, number=number, site="SITE_D")
    nothing = pl.DataFrame(schema=PROBLEM_SCHEMA)
    merge(store, Verdict(BY_NAME["imaging_measurements"], nothing, {}))
    found = store.rows(
        "select count(*) from quarantine.problems where rule = 'R083' and delivery = ?", [number]
    )
    return int(str(found[0][0]))


def test_adc_in_another_unit_is_refused_as_a_whole(store: Store) -> None:
    for site in ("A", "B"):
        keep_measures(store, site, [900.0, 1000, 1100, 1200, 1300])
    assert refused_of(store, [0.0, 0.9, 1.0, 1.1, 1.2, 1.3]) == 6
    ((message, suggestion),) = store.rows(
        "select distinct message, suggestion from quarantine.problems"
    )
    assert message == (
        f"{ADC}, 6 rows: the median of this site (1.1) is 1/1000 of the other sites'. "
        "Is the unit 1e-6_mm2_s?"
    )
    said = "Times 1000 it would be like the other sites': is it in 10^-3 mm2/s? Nothing is convert"
    assert str(suggestion).startswith(said)
    assert "imsct delivery approve SITE_D/d500" in str(suggestion)
    assert findings_to_approve(store, 500) == [("R083", ADC)]


def test_a_confirmed_unit_stands_for_later_deliveries_of_the_site(store: Store) -> None:
    for site in ("A", "B"):
        keep_measures(store, site, [1000.0] * 5)
    assert refused_of(store, [1.0] * 5) == 5
    store.con.execute("insert into received.approvals values (9, 500, 'SITE_D', 'R083', ?)", [ADC])
    assert refused_of(store, [1.0] * 5, number=501) == 0


@pytest.mark.parametrize(
    ("theirs", "ours", "refused"),
    [
        pytest.param([[1000] * 5, [1000] * 5], [200] * 5, 0, id="a fifth is the limit"),
        pytest.param([[1000] * 5, [1000] * 5], [199] * 5, 5, id="below a fifth"),
        pytest.param([[1000] * 5, [1000] * 5], [5000] * 5, 0, id="five times is the limit"),
        pytest.param([[600] * 5, [600] * 5], [3001] * 5, 5, id="above five times"),
        pytest.param([[1000] * 5, [1000] * 5], [1] * 4, 0, id="four values say nothing"),
        pytest.param([[1000] * 5, [1000] * 4], [1] * 5, 0, id="one other site says nothing"),
        pytest.param([[1000] * 5, [1000] * 5], [0, 1, 1, 1, 1], 0, id="zeros are left out"),
    ],
)
def test_the_limits_of_r083(
    store: Store, theirs: list[list[float]], ours: list[float], refused: int
) -> None:
    for site, values in zip("AB", theirs, strict=True):
        keep_measures(store, site, [float(v) for v in values])
    assert refused_of(store, [float(v) for v in ours]) == refused


def test_a_volume_may_be_ten_times_as_large(store: Store) -> None:
    for site in ("A", "B"):
        keep_measures(store, site, [1000.0] * 5, measure="tumour_volume_mm3")
    assert refused_of(store, [10_000.0] * 5, measure="tumour_volume_mm3") == 0
    assert refused_of(store, [10_001.0] * 5, number=501, measure="tumour_volume_mm3") == 5


def test_simulated_sites_have_no_say_on_real_ones(store: Store) -> None:
    for site in ("A", "B"):
        keep_measures(store, site, [1000.0] * 5)
    store.con.execute("update history.imaging_measurements set provenance = 'registry'")
    assert refused_of(store, [1.0] * 5) == 0


def rules_of_sites(store: Store) -> set[tuple[str, str]]:
    """Site and rule of every finding on a site."""
    judge_sites(store)
    return {(p["site"], p["rule"]) for p in current_problems(store).to_dicts()}


def keep_patient(store: Store, site: str, number: int, **told: object) -> None:
    """Keep a patient with one case, one read and one specimen, all known."""
    key = f"{site}{number}"
    told = {"sex": "female", "age_years": 47.0, "level_lower": "C6"} | told
    keep(store, site, "patients", [{"patient_id": key, "sex": told["sex"]}])
    case = {"case_id": key, "patient_id": key, "index_period": "2015_2020"}
    keep(store, site, "cases", [{**case, "age_years": told["age_years"]}])
    keep(store, site, "imaging_studies", [{"study_id": key, "case_id": key, "study_day": -3}])
    levels = {"level_upper": "C4", "level_lower": told["level_lower"], "cord_region": "cervical"}
    keep(store, site, "imaging_reads", [{"read_id": key, "study_id": key, **levels}])
    tumour = {"histology": "spinal_ependymoma"}
    keep(store, site, "pathology", [{"pathology_id": key, "case_id": key, **tumour}])


@pytest.mark.parametrize(
    ("told", "is_found"),
    [
        pytest.param({}, True, id="alike in everything"),
        pytest.param({"age_years": 48.0}, True, id="a year apart"),
        pytest.param({"age_years": 48.5}, False, id="more than a year apart"),
        pytest.param({"sex": "male"}, False, id="another sex"),
        pytest.param({"level_lower": "C7"}, False, id="another level"),
    ],
)
def test_r011_two_patients_who_agree_in_everything_warn(
    store: Store, told: dict[str, object], is_found: bool
) -> None:
    keep_patient(store, "A", 1)
    keep_patient(store, "A", 2, **told)
    keep_patient(store, "B", 1)
    judge_sites(store)
    found = [p["message"] for p in current_problems(store).to_dicts() if p["rule"] == "R011"]
    said = "A: A1 and A2 agree in sex, age, period, region, levels and histology."
    assert found == [said] * is_found


def test_r011_what_is_unknown_agrees_with_nothing(store: Store) -> None:
    for number in (1, 2):
        keep_patient(store, "A", number, level_lower="not_reported")
    assert "R011" not in {rule for _, rule in rules_of_sites(store)}


def test_r084_an_unusual_median_warns(store: Store) -> None:
    for site, value in (("A", 40.0), ("B", 44.0), ("C", 56.0), ("D", 160.0)):
        keep_measures(store, site, [value] * 5, measure="tumour_length_mm")
    assert rules_of_sites(store) == {("D", "R084")}


def keep_signs(store: Store, site: str, *, present: int, absent: int) -> None:
    """Keep cases of ependymoma with one read each."""
    ids = [f"{site}{i}" for i in range(present + absent)]
    keep(
        store,
        site,
        "pathology",
        [{"pathology_id": i, "case_id": i, "histology": "spinal_ependymoma"} for i in ids],
    )
    keep(
        store,
        site,
        "imaging_studies",
        [{"study_id": i, "case_id": i, "study_purpose": "preoperative"} for i in ids],
    )
    signs = ["present"] * present + ["absent"] * absent
    keep(
        store,
        site,
        "imaging_reads",
        [{"read_id": i, "study_id": i, "syrinx": s} for i, s in zip(ids, signs, strict=True)],
    )


def test_r085_a_sign_that_is_defined_otherwise_warns(store: Store) -> None:
    keep_signs(store, "A", present=4, absent=36)
    keep_signs(store, "B", present=24, absent=16)
    keep_signs(store, "C", present=25, absent=15)
    found = {rule for rule in rules_of_sites(store) if rule[1] == "R085"}
    assert found == {("A", "R085")}


def test_r085_few_cases_prove_nothing(store: Store) -> None:
    keep_signs(store, "A", present=1, absent=4)
    keep_signs(store, "B", present=3, absent=2)
    assert not {rule for _, rule in rules_of_sites(store)} & {"R085"}


def test_r086_a_column_that_only_this_site_hardly_records_warns(store: Store) -> None:
    for site, unknown in (("A", 9), ("B", 2), ("C", 2)):
        rows = [
            {
                "patient_id": f"{site}{i}",
                "sex": "female" if i % 2 else "male",
                "syndrome": "unknown" if i < unknown else "none",
            }
            for i in range(10)
        ]
        keep(store, site, "patients", [dict(row) for row in rows])
    assert ("A", "R086") in rules_of_sites(store)
    assert not {site for site, _ in rules_of_sites(store)} - {"A"}


def test_r087_absence_without_the_sequence_warns(store: Store) -> None:
    for site, with_sequence in (("A", 1), ("B", 10)):
        ids = [f"{site}{i}" for i in range(20)]
        keep(
            store,
            site,
            "imaging_studies",
            [
                {"study_id": i, "seq_swi": "acquired" if n < with_sequence else "not_acquired"}
                for n, i in enumerate(ids)
            ],
        )
        keep(
            store,
            site,
            "imaging_reads",
            [{"read_id": i, "study_id": i, "cap_sign": "absent"} for i in ids],
        )
    assert {site for site, rule in rules_of_sites(store) if rule == "R087"} == {"A"}


def test_r088_one_sex_or_no_event_warns(store: Store) -> None:
    for site, male in (("A", 39), ("B", 22)):
        rows = [
            {"patient_id": f"{site}{i}", "sex": "male" if i < male else "female"} for i in range(40)
        ]
        keep(store, site, "patients", [dict(row) for row in rows])
        contacts = [
            {
                "follow_up_id": f"{site}{i}",
                "case_id": f"{site}{i}",
                "contact_day": 2000,
                "vital_status": "dead" if site == "A" and i == 0 else "alive",
            }
            for i in range(40)
        ]
        keep(store, site, "follow_up", [dict(row) for row in contacts])
    judge_sites(store)
    found = {
        (p["site"], p["table"]) for p in current_problems(store).to_dicts() if p["rule"] == "R088"
    }
    assert found == {("A", "patients"), ("B", "follow_up")}


def test_r089_two_editions_in_one_period_warn(store: Store) -> None:
    for site, editions in (("A", ["who_2007", "cns5_2021"]), ("B", ["who_2016", "who_2016"])):
        keep(
            store,
            site,
            "cases",
            [{"case_id": f"{site}{i}", "index_period": "2015_2020"} for i in range(2)],
        )
        keep(
            store,
            site,
            "pathology",
            [
                {"pathology_id": f"{site}{i}", "case_id": f"{site}{i}", "histology_edition": e}
                for i, e in enumerate(editions)
            ],
        )
    assert {site for site, rule in rules_of_sites(store) if rule == "R089"} == {"A"}


def test_what_was_mended_is_not_found_again(store: Store) -> None:
    for site, value in (("A", 40.0), ("B", 44.0), ("C", 56.0), ("D", 160.0)):
        keep_measures(store, site, [value] * 5, measure="tumour_length_mm")
    assert judge_sites(store) == 1
    store.con.execute("update history.imaging_measurements set value = 50")
    assert judge_sites(store) == 0
    assert current_problems(store).is_empty()


@pytest.mark.parametrize(
    "table",
    [(8, 2, 1, 5), (0, 5, 5, 0), (4, 36, 49, 31), (3, 3, 3, 3), (0, 0, 4, 5), (120, 80, 300, 700)],
)
def test_fishers_exact_test_gives_scipys_p(table: tuple[int, int, int, int]) -> None:
    a, b, c, d = table
    assert fisher_p(a, b, c, d) == pytest.approx(fisher_exact([[a, b], [c, d]]).pvalue, rel=1e-9)


def test_every_rule_of_sites_has_a_test_here() -> None:
    assert set(SITE_CHECKS) == {"R011", "R049", *(f"R08{n}" for n in range(3, 10))}
