"""Rules R011, R049, R083 to R089: a site's rows as a whole, most against those of other sites.

Belongs here: sentence, remedy and limits of every rule about a site.
Does not belong here: the counting (`warehouse.site_rules`), rules of rows (`schemas.rules`).
A single row may be right and the whole still wrong: a unit, a definition, a code that was swapped.
Source of the limits: the clinical specification, part c.
"""

from schemas.checks import SiteCheck
from schemas.columns import Code
from schemas.imaging_vocabularies import SIGN
from schemas.sequences import SUSCEPTIBILITY
from schemas.tables import BY_NAME

_COMPARED = {"least_values": 5, "least_sites": 2}

SITES: tuple[SiteCheck, ...] = (
    SiteCheck(
        rule="R011",
        table="patients",
        column="patient_id",
        severity="warning",
        sentence="no two patients of one site agree in sex, age (a year apart at most), index "
        "period, region and levels of the first read, and histology, where all of them are known",
        remedy="Ask the site whether this is one patient under two ids. If so, withdraw one of the "
        "two; if not, there is nothing to do.",
        limits={"years": 1},
        holds="a woman of 47 and one of 52, both with an ependymoma from C4 to C6 in 2015_2020",
        breaks="a woman of 47 and one of 48, both with an ependymoma from C4 to C6 in 2015_2020",
    ),
    SiteCheck(
        rule="R049",
        table="feature_sets",
        column="file_sha256",
        sentence="a feature set has one row per study, and every study is in `imaging_studies` of "
        "the site; hash, rows and features are those of the file that is kept",
        remedy="Deliver the studies first, and each study once for a mask and kind of image.",
        limits={},
        holds="a table of two studies that the site delivered before",
        breaks="a table in which one of two studies was never delivered",
    ),
    SiteCheck(
        rule="R083",
        table="imaging_measurements",
        column="value",
        sentence="a site's median of a measure is 0.2 to 5 times (of a volume 0.1 to 10 times) the "
        "median of the other sites' medians; zeros are left out, and it takes at least 5 values "
        "there and at 2 other sites",
        remedy="Confirm the unit with the site. If it is wrong, declare it in the profile and "
        'deliver again; if it is right: imsct delivery approve SITE/DELIVERY --reason "...".',
        limits={**_COMPARED, "low": 0.2, "high": 5.0, "low_volume": 0.1, "high_volume": 10.0},
        holds="the site's median ADC is 1.2 times the others'",
        breaks="it is 1/1000: delivered in 10^-3 under the 10^-6 header",
    ),
    SiteCheck(
        rule="R084",
        table="imaging_measurements",
        column="value",
        severity="warning",
        sentence="a site's median of a measure is a third to 3 times the median of the other "
        "sites' medians, counted as in R083",
        remedy="Ask the site how the measure is taken, and whether its patients differ.",
        limits={**_COMPARED, "low": 1 / 3, "high": 3.0},
        holds="the median tumour length is 1.4 times the others'",
        breaks="it is 4 times the others'",
    ),
    SiteCheck(
        rule="R085",
        table="imaging_reads",
        column="read_id",
        severity="warning",
        sentence="within one histology group the share of a sign that is present differs by less "
        "than 0.30 from the other sites', or by no more than chance would have it (Fisher's exact "
        "test, p >= 0.001)",
        remedy="Ask the site how it defines the sign; compare its row in sites.",
        limits={"difference": 0.30, "p": 0.001},
        holds="syrinx in 58 % of the ependymomas here, in 61 % elsewhere",
        breaks="syrinx in 10 % here, in 61 % elsewhere, 40 cases each",
    ),
    SiteCheck(
        rule="R086",
        table="sites",
        column="site_id",
        severity="warning",
        sentence="a required column is not recorded (empty, `unknown`, `not_reported`) in at most "
        "half of a site's rows, unless more than a quarter is missing at the other sites too",
        remedy="Ask the site whether it can record it; an analysis that needs it loses the site.",
        limits={"share": 0.50, "others": 0.25},
        holds="`index_period` unknown in 20 % of the cases",
        breaks="unknown in 90 % here, in 20 % elsewhere",
    ),
    SiteCheck(
        rule="R087",
        table="imaging_reads",
        column="read_id",
        severity="warning",
        sentence="a sign is not read as absent in more than 95 % of a site's reads where a "
        "sequence that can show it was acquired in less than 10 % of its studies",
        remedy="Without the sequence the sign is `not_assessable`, not absent: ask the site.",
        limits={"absent": 0.95, "acquired": 0.10},
        holds="cap sign absent in every read, T2*/GRE acquired in half of the studies",
        breaks="cap sign absent in every read, T2*/GRE or SWI acquired in 5 % of the studies",
    ),
    SiteCheck(
        rule="R088",
        table="patients",
        column="sex",
        severity="warning",
        sentence="of 30 patients or more a share of 0.2 to 0.8 is male, and with a median "
        "follow-up above 60 months some patient died or progressed",
        remedy="Ask the site how it codes sex and events.",
        limits={"least": 30, "low": 0.2, "high": 0.8, "months": 60},
        holds="55 % of 40 patients are male",
        breaks="99 % of 40 patients are male",
    ),
    SiteCheck(
        rule="R089",
        table="pathology",
        column="histology_edition",
        severity="warning",
        sentence="a site names its histology by one edition within one index period",
        remedy="Say at the site by which edition the cases of the period were classified; two "
        "editions give one tumour two names.",
        limits={"editions": 1},
        holds="every case of 2015_2020 by who_2016",
        breaks="cases of 2015_2020 by who_2007 and by cns5_2021",
    ),
)

#: Signs by the sequences that show them best; a cap sign is missed where only T2 was acquired.
SHOWN_BY: dict[str, tuple[str, ...]] = {
    column.name: SUSCEPTIBILITY if column.name == "cap_sign" else column.assessable_on.columns
    for column in BY_NAME["imaging_reads"].columns
    if isinstance(column.type, Code)
    and column.type.vocabulary is SIGN
    and column.assessable_on is not None
    and not column.assessable_on.modalities
}
