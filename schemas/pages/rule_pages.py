"""The pages of the rules: one per table, one for those that hold for every table, and their list.

Belongs here: how a rule, its sentence, its remedy and its example rows are set.
Does not belong here: the rules (`schemas.catalogue`), reading the examples (the program's tests
are the examples; `docs/write_pages.py` hands them over).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from schemas.catalogue import SITE_CHECKS, all_checks
from schemas.checks import AnyCheck, SiteCheck
from schemas.pages.words import anchor, as_text, grid
from schemas.tables import TABLES

#: The rules that follow from the columns, in one sentence each; each column's own is in its check.
GENERAL = {
    "R001": "a key is unique in table and delivery",
    "R002": "a key delivered twice has equal values in every column, in one delivery or in an "
    "increment to what is there",
    "R003": "a foreign key names a row of the parent table in the same delivery; an increment or a "
    "correction may name one that the site delivered before",
    "R004": "a required column is filled; a number may be replaced by the reason why it is missing",
    "R005": "a coded value is in the column's vocabulary, exact spelling",
    "R006": "a number lies within the column's range",
    "R007": "a text can be read as the column's type as a whole",
    "R008": "no cell looks like a calendar date or a hospital number",
    "R009": "a number and the reason why it is missing are not both filled",
}
#: The page of the rules that follow from a column's declaration, the same for every table.
ANY_TABLE = "any_table"
#: The page of the rules about a site as a whole.
BETWEEN_SITES = "between_sites"
_SEVERITY = {
    "error": "error: the row is refused and kept in quarantine",
    "warning": "warning: the row is accepted, the finding is kept",
}

_ABOUT_EXAMPLES = (
    "The examples are the program's own tests: each row was judged as its first column says. "
    "Columns that are not shown have a valid value; `seq_*` stands for every other sequence."
)

Row = dict[str, str]


@dataclass(frozen=True)
class Example:
    """Small tables on which a rule was judged; the last of them holds the rows it is about.

    `verdicts` has one entry per row of the last table: empty where nothing is broken.
    """

    rule: str
    page: str
    sentence: str
    tables: tuple[tuple[str, tuple[Row, ...]], ...]
    verdicts: tuple[str, ...]


def page_names() -> tuple[str, ...]:
    """Every page of rules by name, in their order."""
    there = {page_of(check) for check in all_checks()}
    of_tables = (name for name in (ANY_TABLE, *(t.name for t in TABLES)) if name in there)
    return (*of_tables, BETWEEN_SITES)


def page_of(check: AnyCheck | SiteCheck) -> str:
    """The page on which a check stands."""
    if isinstance(check, SiteCheck):
        return BETWEEN_SITES
    return ANY_TABLE if check.rule in GENERAL else check.table


def rule_page(name: str, examples: Sequence[Example] = ()) -> str:
    """One page of rules; without examples where the program prints it by itself."""
    if name == BETWEEN_SITES:
        return _between_sites()
    checks = [check for check in all_checks() if page_of(check) == name]
    rules = sorted({check.rule for check in checks})
    if name == ANY_TABLE:
        title, about = "Rules of every table", "They follow from the declaration of each column."
    else:
        title = f"Rules of {name}"
        about = f"What its columns mean: [dictionary](../dictionary.md#{name})."
    lines = [f"# {title}", "", f"{about} All rules: [list](README.md).", ""]
    if examples:
        lines += [_ABOUT_EXAMPLES, ""]
    for rule in rules:
        own = [check for check in checks if check.rule == rule]
        given = [each for each in examples if (each.rule, each.page) == (rule, name)]
        lines += _rule(name, rule, own, given)
    return as_text(lines)


def _between_sites() -> str:
    """The page of the rules about a site as a whole; their examples are in the declarations."""
    lines = [
        "# Rules between sites",
        "",
        "They are about a site's rows as a whole, beside those of the other sites of the same "
        "provenance (R011: about its patients beside each other; R049: about a file of features "
        "beside its studies), and are judged when a delivery "
        "is taken in (`imsct materialize`): `imsct "
        "check` has no other sites to compare with. All rules: [list](README.md).",
        "",
    ]
    for rule, check in SITE_CHECKS.items():
        lines += ["", anchor(f"{BETWEEN_SITES}-{rule.lower()}"), "", f"## {rule}", ""]
        severity = _OF_SITES.get(rule, _OF_SITES[check.severity])
        lines += [f"**Must hold** ({severity}):", ""]
        lines += [f"- {check.sentence[:1].upper()}{check.sentence[1:]}.", ""]
        lines += [f"**If not:** {check.remedy}", ""]
        lines += [f"**Holds:** {check.holds}.", "", f"**Broken:** {check.breaks}.", ""]
    return as_text(lines)


_OF_SITES = {
    "error": "error: the measure's rows of that delivery are refused until the site confirms them",
    "R049": "error: the feature set is refused",
    "warning": "warning: nothing is refused, the finding is kept under the site's newest delivery",
}


def index_page() -> str:
    """The list of every rule with the pages that hold it."""
    rows = []
    every = (*all_checks(), *SITE_CHECKS.values())
    for rule in sorted({check.rule for check in every}):
        checks = [check for check in every if check.rule == rule]
        pages = dict.fromkeys(page_of(check) for check in checks)
        links = [f"[{page}]({page}.md#{page}-{rule.lower()})" for page in pages]
        severities = " or ".join(sorted({check.severity for check in checks}))
        rows.append((rule, "; ".join(_sentences(checks)), severities, ", ".join(links)))
    return as_text(
        [
            "# Rules",
            "",
            "A rule holds or is broken for a row. It is never broken by a value that is missing, "
            "unless it asks for the value: `unknown` counts as missing here, so that an old report "
            "is not refused for what nobody wrote down. A row may break several rules.",
            "",
            *(f"- {words}" for words in _SEVERITY.values()),
            "",
            *grid(("rule", "must hold", "severity", "tables"), rows),
        ]
    )


def _rule(
    page: str, rule: str, checks: Sequence[AnyCheck], examples: Sequence[Example]
) -> list[str]:
    """One rule: sentences by severity, remedies, examples."""
    lines = ["", anchor(f"{page}-{rule.lower()}"), "", f"## {rule}", ""]
    for severity, words in _SEVERITY.items():
        found = [check for check in checks if check.severity == severity]
        if found:
            lines += [f"**Must hold** ({words}):", ""]
            lines += [f"- {sentence[:1].upper()}{sentence[1:]}." for sentence in _sentences(found)]
            lines += ["", *_remedies(found), ""]
    for example in examples:
        lines += _example(example)
    return lines


def _remedies(checks: Sequence[AnyCheck]) -> Iterator[str]:
    """What to do where it is broken, each said once; the columns' own stand in their messages."""
    remedies = list(dict.fromkeys(check.remedy for check in checks))
    if checks[0].rule in GENERAL:
        yield "**If not:** the message names the column, the kind of the value and what to do."
    elif len(remedies) == 1:
        yield f"**If not:** {remedies[0]}"
    else:
        yield from ("**If not:**", "", *(f"- {remedy}" for remedy in remedies))


def _sentences(checks: Iterable[AnyCheck | SiteCheck]) -> list[str]:
    """What must hold, each sentence once; of a general rule the general one."""
    return list(dict.fromkeys(GENERAL.get(check.rule, check.sentence) for check in checks))


def _example(example: Example) -> list[str]:
    """The tables of an example; beside each row of the last one what was said of it."""
    lines = [f"**Example.** {example.sentence}", ""]
    for name, rows in example.tables[:-1]:
        lines += [f"`{name}`", "", *grid(tuple(rows[0]), _cells(rows)), ""]
    name, rows = example.tables[-1]
    judged = [
        (verdict, *cells) for verdict, cells in zip(example.verdicts, _cells(rows), strict=True)
    ]
    return [*lines, f"`{name}`", "", *grid((example.rule, *rows[0]), judged), ""]


def _cells(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """The cells of rows, an empty one said in words."""
    return [tuple(f"`{text}`" if text else "*empty*" for text in row.values()) for row in rows]
