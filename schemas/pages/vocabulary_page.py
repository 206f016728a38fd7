"""The page `docs/vocabularies.md`: every coded value; tumour types, scales and measures in full.

Belongs here: how a vocabulary is set, and the tables of grades, scales and measures.
Does not belong here: the values (`schemas.vocabularies` and beside it), columns
(`schemas.pages.dictionary_page`).
"""

from collections.abc import Iterator

from schemas.coding import codes_of
from schemas.columns import Code
from schemas.histology import NOT_ASSIGNED, TYPES
from schemas.measures import MEASURES
from schemas.pages.words import anchor, as_text, coded, grid, number, range_of
from schemas.scales import SCALES, Scale
from schemas.sequences import SHORT_NAMES
from schemas.tables import SCHEMA_VERSION, TABLES
from schemas.vocabularies import all_vocabularies
from schemas.vocabulary import Vocabulary
from schemas.wording import listed

#: More columns than this that use one vocabulary are counted by table, not listed.
_MANY_USES = 10


def vocabulary_page() -> str:
    """The whole page."""
    found = all_vocabularies()
    lines = [
        anchor("vocabularies"),
        "",
        f"# Vocabularies, version {SCHEMA_VERSION}",
        "",
        "The closed lists behind the coded columns of the [dictionary](dictionary.md#tables). A "
        "value is delivered in exactly this spelling; nothing is mapped by likeness. Codes of "
        "other systems are `confirmed` where a source was seen, else `unconfirmed`; exports leave "
        "unconfirmed ones out unless asked.",
        "",
        "In full: [tumour types and their grades](#types), [scales of function](#scales), "
        "[McCormick grades](#mccormick), [imaging measures](#measures). Lists: "
        + ", ".join(f"[{name}](#{name})" for name in found)
        + ".",
        "",
        *_types(),
        *_scales(),
        *_mccormick(),
        *_measures(),
        "## Lists",
        "",
    ]
    for each in found.values():
        lines += _vocabulary(each)
    return as_text(lines)


def _types() -> Iterator[str]:
    """Tumour types with the grades that each edition allows."""
    yield from (anchor("types"), "", "## Tumour types and their grades", "")
    yield (
        "Editions are kept apart: a name or a grade of one is not that of another, and no map "
        "between them is given but the groups. `-`: the edition does not know the type; `n`: it "
        "knows the type and assigns no grade (`not_assigned`). The edition of 2000 is graded as "
        "that of 2007. Seen: the grades were seen in a source; the others are general knowledge, "
        "to be checked against the WHO volumes, and until then rule R051 only warns of them. "
        "Definitions, groups and codes: [histology](#histology)."
    )
    rows = [
        (
            t.code.replace("_", " "),
            *(
                ", ".join(t.grades(edition)).replace(NOT_ASSIGNED, "n") or "-"
                for edition in ("cns5_2021", "who_2016", "who_2007")
            ),
            "yes" if t.is_seen else "no",
        )
        for t in TYPES
    ]
    header = ("type", "2021 (CNS5)", "2016", "2007, 2000", "seen")
    yield from ("", *grid(header, rows), "")


def _scales() -> Iterator[str]:
    """Scales with range and direction."""
    yield from (anchor("scales"), "", "## Scales of function", "")
    yield (
        "A score is kept with its scale and version. No map between two scales, or two versions of "
        "one, is given: the literature has none without loss."
    )
    rows = [
        (
            f"`{s.code}`",
            s.definition,
            range_of(s.low, s.high) + (f" by {s.step}" if s.step > 1 else ""),
            s.better,
            f"`{s.version}`" if s.version else "only one",
        )
        for s in SCALES
    ]
    yield from ("", *grid(("scale", "what it is", "range", "better", "version"), rows), "")


def _mccormick() -> Iterator[str]:
    """The grades of the original and the modified scale, side by side."""
    original, modified = (s for s in SCALES if s.code == "mccormick")
    yield from (anchor("mccormick"), "", "## McCormick grades, original and modified", "")
    yield (
        "The two versions share numbers, not meanings: **no mapping between them exists**, and "
        "none is made here. A grade without its version cannot be used. Neither covers bladder or "
        "bowel: record `klekamp_sphincter`."
    )
    first, second = dict(original.grades), dict(modified.grades)
    rows = [
        (number(grade), first.get(grade, "no such grade"), second.get(grade, "no such grade"))
        for grade in sorted({*first, *second})
    ]
    header = ("grade", f"original (`{original.version}`)", f"modified (`{modified.version}`)")
    yield from ("", *grid(header, rows), "")
    yield f"Sources: original, {_source(original)}; modified, {_source(modified)}."
    yield ""


def _source(scale: Scale) -> str:
    """The source of a scale's grades."""
    return scale.source or "none named"


def _measures() -> Iterator[str]:
    """Measures with their unit, range and the sequences they need."""
    yield from (anchor("measures"), "", "## Imaging measures", "")
    yield (
        "Values of `imaging_measurements.measure`. The unit is the only one in which a row is "
        "accepted; nothing is converted by guess."
    )
    rows = [
        (
            f"`{m.name}`",
            m.description,
            f"{range_of(m.low, m.high)} {m.unit}",
            listed([SHORT_NAMES[name] for name in m.needs]) + (f" ({m.rule})" if m.rule else ""),
            m.since,
        )
        for m in MEASURES
    ]
    header = ("measure", "what it is", "range and unit", "needs", "since")
    yield from ("", *grid(header, rows), "")


def _vocabulary(each: Vocabulary) -> Iterator[str]:
    """One list: who uses it, its order, its source, every value."""
    yield from (anchor(each.name), "", f"### {each.name}", "")
    about = [f"Used by {_uses(each)}."]
    about += ["In order, lowest first."] * each.is_ordered
    about += [f"Source: {each.source}."] * bool(each.source)
    since = {value.since for value in each.values}
    if len(since) == 1:
        about += [f"Every value since version {since.pop()}."]
    yield from (" ".join(about), "")
    of = {v.code: codes_of(f"{each.name}={v.code}") for v in each.values}
    groups = {t.code: t.group for t in TYPES} if each.name == "histology" else {}
    header = ["value", "meaning"]
    header += ["group"] * bool(groups)
    header += ["codes"] * any(of.values())
    header += ["since"] * bool(since)
    rows = []
    for v in each.values:
        cells = {
            "value": f"`{v.code}`",
            "meaning": v.definition or v.label,
            "group": groups.get(v.code, "").replace("_", " "),
            "codes": coded(of[v.code]),
            "since": v.since,
        }
        rows.append([cells[name] for name in header])
    yield from (*grid(header, rows), "")


def _uses(each: Vocabulary) -> str:
    """The columns of a vocabulary, linked; of very many only the tables."""
    columns = [
        (table.name, column.name)
        for table in TABLES
        for column in table.kept_columns
        if isinstance(column.type, Code) and column.type.vocabulary == each
    ]
    if len(columns) <= _MANY_USES:
        return ", ".join(f"[{t}.{c}](dictionary.md#{t}-{c})" for t, c in columns)
    tables = list(dict.fromkeys(table for table, _ in columns))
    return f"{len(columns)} columns of " + listed(
        [f"[{table}](dictionary.md#{table})" for table in tables], "and"
    )
