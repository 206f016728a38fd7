"""Places of the source: a problem of what was written, told by the file that the site has in hand.

Belongs here: file, line, column and words of a problem as the data manager knows them; rows that
name another site.
Does not belong here: the order of the steps (`assets.preparing`), finding the problems.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import polars as pl

from assets.day_zero import Record
from schemas.problems import Problem
from schemas.profile import FileProfile, Profile
from schemas.showing import counted, on_lines

#: Rules whose message names the lines of a key that comes again.
_RULES_ON_LINES = frozenset({"R001", "R002"})
_ON_LINES = re.compile(r"\(lines ([0-9, ]+[0-9])( and [0-9]+ more)?\)")


def of_other_sites(
    tables: Mapping[str, pl.DataFrame], profile: Profile, site: str
) -> Iterator[Problem]:
    """E_SITE: rows that name another site; its name is part of every pseudonym."""
    column = "site_id"
    places: dict[tuple[str, str], list[int]] = {}
    for table, rows in tables.items():
        if column in rows.columns:
            foreign = rows.filter((pl.col(column) != site) & (pl.col(column) != ""))
            for file, line in foreign.select("_file", "_line").iter_rows():
                places.setdefault((file, table), []).append(line)
    for (file, table), lines in places.items():
        found = Problem(
            file=file,
            line=lines[0],
            table=table,
            column=column,
            rule="E_SITE",
            message=f"{counted(len(lines), 'row')} of {table} with another site than that of "
            f"--site, {site}{on_lines(lines)}.",
            suggestion="Name the site whose rows they are, or leave them out. Where the profile "
            "says the site (site_id), correct it there.",
        )
        yield replace(found, column=source_column(part_of(profile, file), found))


def at_the_source(
    problem: Problem, tables: Mapping[str, pl.DataFrame], profile: Profile
) -> Problem:
    """A problem of what was written, with the place where the site finds it."""
    row = _row(tables, problem)
    if row is None:
        return problem
    file = str(row["_file"])
    part = part_of(profile, file)
    return replace(
        problem,
        file=file,
        line=int(str(row["_line"])),
        column=source_column(part, problem),
        message=_in_own_words(_lines_at_the_source(problem, tables, file), part, problem.table),
        suggestion=_in_own_words(problem.suggestion, part, problem.table),
    )


def record_of(tables: Mapping[str, pl.DataFrame], problem: Problem) -> Record:
    """The source record of a problem."""
    row = _row(tables, problem)
    assert row is not None
    return str(row["_file"]), int(str(row["_record"]))


def _row(tables: Mapping[str, pl.DataFrame], problem: Problem) -> dict[str, object] | None:
    """The row of a written file that a problem is about."""
    table = (problem.file or "").removesuffix(".csv")
    if table not in tables or problem.line is None or problem.line < 2:
        return None
    return tables[table].row(problem.line - 2, named=True)


def _lines_at_the_source(problem: Problem, tables: Mapping[str, pl.DataFrame], file: str) -> str:
    """The message with the lines of the site's file: those of a repeated key are in its words."""
    found = _ON_LINES.search(problem.message)
    if found is None or problem.rule not in _RULES_ON_LINES:
        return problem.message
    said = []
    for written in found[1].split(", "):
        row = _row(tables, replace(problem, line=int(written)))
        assert row is not None
        said.append(f"{row['_line']}" + f" of {row['_file']}" * (row["_file"] != file))
    lines = ", ".join(dict.fromkeys(said))
    return _ON_LINES.sub(f"(lines {lines}{found[2] or ''})", problem.message)


def _in_own_words(text: str, part: FileProfile, table: str | None) -> str:
    """A sentence about the dictionary's columns with the names that they have in the export.

    A name that is a usual word too (`value`, `unit`) is one only where it is marked.
    """
    own = {
        name: source.column or " + ".join(source.id or ())
        for rows in part.rows
        if rows.table == table
        for name, source in rows.columns.items()
        if source.column or source.id
    }
    names = "|".join(sorted(map(re.escape, own), key=len, reverse=True))
    marked = rf"(?<=`)(?:{names})(?=`)|(?:(?<=Here: )|(?<=', ))(?:{names})(?= ')"
    plain = "|".join(name for name in sorted(own, key=len, reverse=True) if "_" in name)
    pattern = marked + (rf"|(?<![\w`'])(?:{plain})(?![\w`'])" if plain else "")
    return re.sub(pattern, lambda found: own[found[0]], text) if own else text


def each_once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems without those that a line has twice, as two rows were made of it."""
    found: dict[tuple[object, ...], Problem] = {}
    for problem in problems:
        place = (problem.file, problem.line, problem.column, problem.rule, problem.message)
        found.setdefault(place, problem)
    return tuple(found.values())


def part_of(profile: Profile, file: str) -> FileProfile:
    """The part of the profile for a file as it is named in a problem."""
    return profile.file(file) or next(p for p in profile.files if file.startswith(p.file))


def source_column(part: FileProfile, problem: Problem) -> str | None:
    """The delivered column that the profile makes the problem's column of."""
    for rows in part.rows:
        source = rows.columns.get(problem.column or "")
        if rows.table == problem.table and source is not None and source.column is not None:
            return source.column
    return problem.column
