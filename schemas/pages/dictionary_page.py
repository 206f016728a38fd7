"""The page `docs/dictionary.md`: every table and every column with all that is declared of it.

Belongs here: how a table and a column are set.
Does not belong here: values of vocabularies (`schemas.pages.vocabulary_page`), rules
(`schemas.pages.rule_pages`), the declarations (`schemas.tables`).
"""

from collections.abc import Iterator

from schemas.catalogue import all_checks
from schemas.coding import codes_of
from schemas.columns import REASON_SUFFIX, Column
from schemas.pages.rule_pages import page_of
from schemas.pages.words import (
    AVAILABILITY,
    anchor,
    applies_of,
    as_text,
    assessable_of,
    coded,
    grid,
    required_of,
    values_of,
)
from schemas.table import PROVENANCE_COLUMN, Table
from schemas.tables import SCHEMA_VERSION, TABLES
from schemas.wording import listed

_ABOUT = (
    "What a site delivers, table by table. A delivery has one file per table, its columns in this "
    "order. Day 0 is the first surgery for the tumour at the site, or else the first diagnostic "
    "imaging; a `*_day` is a whole number of days from it, negative before. Nothing here is a date "
    "or a free text.",
    "Of every column: what it means; **values** it may have, with range and unit; whether it is "
    "**required**; when it becomes **known**, which decides what a model may use it for; what "
    "makes it **assessable**, where that is not self-evident; the **codes** it has in other "
    "systems; the **source** of its definition, where it is not the project's own; and the "
    "version of the dictionary that has it **since**.",
    "Where a number may be empty for a stated reason, the column right after it has its name with "
    f"`{REASON_SUFFIX}` and a value of [missing_reason](vocabularies.md#missing_reason). A reason "
    "fills a required number.",
)


def dictionary_page() -> str:
    """The whole page."""
    lines = [f"# Data dictionary, version {SCHEMA_VERSION}", ""]
    for paragraph in _ABOUT:
        lines += [paragraph, ""]
    lines += [
        "Vocabularies: [vocabularies](vocabularies.md#vocabularies). Rules between columns and "
        "tables: [rules](rules/README.md). Endpoints, claims: [endpoints](endpoints.md), "
        "[claims](claims.md).",
        "",
        *_contents(),
        *_availability(),
    ]
    for table in TABLES:
        lines += _table(table)
    return as_text(lines)


def _contents() -> Iterator[str]:
    """The tables with their grain and number of columns."""
    yield from (anchor("tables"), "", "## Tables", "")
    rows = [
        (f"[{table.name}](#{table.name})", table.grain, str(len(_declared(table))))
        for table in TABLES
    ]
    yield from (*grid(("table", "one row is", "columns"), rows), "")


def _availability() -> Iterator[str]:
    """What each availability time means."""
    yield from (anchor("known"), "", "## When a value is known", "")
    yield "What a model may use follows from it: only what was known when the prediction is made."
    rows = [(k.short, k.meaning, k.use, f"`{code}`") for code, k in AVAILABILITY.items()]
    header = ("known", "meaning", "a model may use it", "in files and messages")
    yield from ("", *grid(header, rows), "")


def _table(table: Table) -> Iterator[str]:
    """One table: its row, provenance, limits, key, then its columns."""
    key = listed([f"`{name}`" for name in table.key], "and")
    yield from (anchor(table.name), "", f"## {table.name}", "")
    yield from (*_paragraphs(table.description), "")
    yield from (f"- One row: {table.grain}.", f"- Key: {key}.")
    parents = [f"`{c}` in [{parent}](#{parent})" for c, parent in table.parents.items()]
    if parents:
        yield f"- Belongs to: {', '.join(parents)}."
    rules = sorted({c.rule for c in all_checks() if page_of(c) == table.name})
    if rules:
        yield f"- Rules: {', '.join(_rule_link(table.name, rule) for rule in rules)}."
    yield (
        f"- Provenance: every row has `{PROVENANCE_COLUMN.name}` ([values](vocabularies.md"
        f"#{PROVENANCE_COLUMN.name})), set from the delivery's manifest, never delivered."
    )
    columns = _declared(table)
    links = (f"[{column.name}](#{table.name}-{column.name})" for column in columns)
    yield f"- Columns: {', '.join(links)}."
    yield ""
    for column in columns:
        yield from _column(table, column)


def _declared(table: Table) -> list[Column]:
    """The columns without the companions that say why a number is missing."""
    reasons = {column.reason_name for column in table.columns if column.may_be_explained}
    return [column for column in table.columns if column.name not in reasons]


def _column(table: Table, column: Column) -> Iterator[str]:
    """One column: name, label and definition, then all else that is declared of it."""
    yield from (anchor(f"{table.name}-{column.name}"), "")
    yield from (f"**`{column.name}`** ({column.title}). {column.description}", "")
    values = values_of(column, table.name)
    if column.may_be_explained:
        values += f"; if empty, the reason in `{column.reason_name}`"
    yield f"- values: {values}"
    known = AVAILABILITY[column.available].short
    facts = [f"required: {required_of(column)}", f"known: {known}", f"since: {column.since}"]
    if applies := applies_of(column):
        facts.insert(1, f"applies: {applies}")
    yield f"- {' · '.join(facts)}"
    if assessable := assessable_of(column):
        yield f"- assessable: {assessable}"
    if codes := codes_of(f"{table.name}.{column.name}"):
        yield f"- codes: {coded(codes)}"
    rules = [_rule_link(table.name, rule) for rule in _rules_at(table.name, column.name)]
    more = [f"source: {column.source}"] * bool(column.source)
    more += [f"rules: {', '.join(rules)}"] * bool(rules)
    if more:
        yield f"- {' · '.join(more)}"
    yield ""


def _rules_at(table: str, column: str) -> list[str]:
    """Rules of the table that find fault with this column."""
    checks = (check for check in all_checks() if check.column == column)
    return sorted({check.rule for check in checks if page_of(check) == table})


def _rule_link(page: str, rule: str) -> str:
    """A link to a rule on its page."""
    return f"[{rule}](rules/{page}.md#{page}-{rule.lower()})"


def _paragraphs(text: str) -> Iterator[str]:
    """A docstring as paragraphs of one line each."""
    for place, paragraph in enumerate(text.split("\n\n")):
        if place:
            yield ""
        yield " ".join(paragraph.split())
