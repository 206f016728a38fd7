"""The page of queries: what was refused of a site, file by file, for the person who corrects it.

Belongs here: order and grouping of the problems, what is listed and what is only counted.
Does not belong here: the words of a problem (`warehouse.validation.messages`), the quarantine.
A message never holds a value that may identify a person, and neither does this page.
"""

import re
from typing import Any

import polars as pl
from markupsafe import Markup

from analyses.report import environment, words

#: Lines shown of a kind that refuses nothing, and of one that refuses rows.
_FIRST, _MOST = 10, 500
_KIND = ("file", "rule", "column")


def render_queries(problems: pl.DataFrame, counts: pl.DataFrame, *, site: str | None) -> bytes:
    """One self-contained HTML page over the problems of the current deliveries.

    Parameters
    ----------
    problems
        One row per problem: `site`, `delivery`, `file`, `line`, `table`, `key`, `column`, `rule`,
        `severity`, `message`, `suggestion`.
    counts
        Records by delivery: `site`, `delivery`, `status`, `received`, `accepted`, `quarantined`.
    site
        The site asked for; None for all.

    Returns
    -------
    bytes
        UTF-8; the same rows give the same bytes.
    """
    named = problems.select("site", "delivery").unique(maintain_order=True)
    deliveries = [
        {
            "site": of_site,
            "name": delivery,
            "counts": _counts_of(counts, of_site, delivery),
            "rules": _by_rule(part),
            "files": _by_file(part),
        }
        for of_site, delivery in named.rows()
        for part in [problems.filter(site=of_site, delivery=delivery)]
    ]
    html = (
        environment.templates()
        .get_template("queries.html")
        .render(
            commands=_with_commands,
            site=site,
            deliveries=deliveries,
            research_only=words.RESEARCH_ONLY,
        )
    )
    return html.encode("utf-8")


#: A command in a sentence, as messages write it: in quotes, or to its last option.
_COMMAND = re.compile(r"'(imsct [^']+)'|(imsct [a-z ]+ \S+ --reason \"\.\.\.\")")


def _with_commands(text: str) -> Markup:
    """A sentence whose commands stay whole: copied from two lines, one would lose its end."""
    pieces, end = [], 0
    for found in _COMMAND.finditer(text):
        command = found[1] or found[2]
        words_ = Markup(" ").join(Markup("<span>{}</span>").format(w) for w in command.split())
        before = Markup("{}").format(text[end : found.start()])
        pieces += [before, Markup('<code class="command">{}</code>').format(words_)]
        end = found.end()
    return Markup("").join([*pieces, Markup("{}").format(text[end:])])


def _counts_of(counts: pl.DataFrame, site: str, delivery: str) -> dict[str, Any]:
    """The account of a delivery."""
    return counts.filter(site=site, delivery=delivery).row(-1, named=True)


def _by_rule(problems: pl.DataFrame) -> list[dict[str, Any]]:
    """How often each rule was broken; what refuses rows first."""
    found = problems.group_by("rule", "severity").len("n")
    return found.sort("severity", "n", "rule", descending=[False, True, False]).to_dicts()


def _by_file(problems: pl.DataFrame) -> list[dict[str, Any]]:
    """Every file with its kinds of problem; those that need work first."""
    return [
        {"name": part["file"][0], "kinds": _kinds(part)}
        for part in problems.partition_by("file", maintain_order=True)
    ]


def _kinds(problems: pl.DataFrame) -> list[dict[str, Any]]:
    """The problems of one file by rule and column, in the order in which they want work."""
    kinds = [_kind(part) for part in problems.partition_by(*_KIND[1:], maintain_order=True)]
    return sorted(kinds, key=lambda kind: (kind["is_folded"], kind["rule"], kind["column"] or ""))


def _kind(same: pl.DataFrame) -> dict[str, Any]:
    """One kind: a row held back by its parent or only warned of needs no work of its own."""
    severity, rule = same["severity"][0], same["rule"][0]
    is_folded = severity == "warning" or rule == "E_PARENT"
    rows = same.head(_FIRST if is_folded else _MOST)
    advice = same["suggestion"].unique()
    return {
        "rule": rule,
        "column": same["column"][0],
        "severity": severity,
        "is_folded": is_folded,
        "n": same.height,
        "more": same.height - rows.height,
        "advice": advice[0] if len(advice) == 1 else None,
        "rows": rows.to_dicts(),
    }
