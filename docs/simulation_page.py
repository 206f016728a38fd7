"""The page of the simulated registry: its numbers, each with what it rests on.

Belongs here: how the generator's numbers are set for a reader.
Does not belong here: the numbers (`analyses.simulation`), their sources (`bases`), writing files
(`docs/write_pages.py`).
"""

from collections.abc import Iterator, Sequence

from analyses.simulation import Number, numbers
from analyses.simulation.bases import BASES, Axis, Basis
from schemas.pages.words import as_text, grid

_ABOUT = (
    "`imsct simulate --cases N --sites K --seed S --out DIR` draws a registry: a delivery per site "
    "in the project's own layout, and `truth.json` with what only a simulation knows. The same "
    "numbers give the same bytes. **Nobody is behind a row of it.** Every row says `simulated`, "
    "the ids begin with `SIM_`, and reports repeat it."
)
_PROVES = (
    "What comes out of it proves nothing about patients: a model that finds an association here "
    "finds what was put in. It shows whether the line, the rules and the statistics do what they "
    "should. `tests/analyses/test_simulation_evidence.py` holds it against the published numbers "
    "at 20,000 cases of one site without site effects, and its associations, at six sites with "
    "all their habits, against the published intervals."
)
_SWITCHES = (
    "Sites differ on purpose: case mix by kind of site, one random intercept per sign, three "
    "definitions of a syrinx, the original McCormick grades at one site, gain and shift of ADC, "
    "resections that a surgeon called total, signs that a report says nothing of. `--faults M` "
    "makes M mistakes that rules refuse or warn of, and names in `truth.json` every row that "
    "one breaks; beside them one site delivers ADC in 10^-3 under the header of 10^-6 and one its "
    "tumour lengths in cm (`site_faults`)."
)
_NOT_YET = (
    "Not drawn: scales of function other than McCormick, a site's country. The feature sets of "
    "radiomics are a delivery of their own for each site, `features/<site>/features/`: an "
    "increment, to be delivered after the other one, with scanner shift and stretch and a "
    "test-retest set. What is true of them stands in `truth.json`. A set waits while one of its "
    "studies is in quarantine (R049)."
)
_READ = (
    "Below, every value has its label: **E** was published, its source stands beside it (labels "
    'are those of `assets/data/evidence/SOURCES.md`; "source not named": the specification calls '
    "it published without a source); **A** is an assumption. Values between two published ones are "
    "compromises. Numbers without a label are technical. Groups: EPN ependymoma, SUB "
    "subependymoma, PA pilocytic, LGA diffuse low-grade and HGA high-grade astrocytoma with H3 "
    "K27-altered glioma, HB haemangioblastoma, CAV cavernous malformation, GG ganglioglioma, OTH "
    "other neoplasm, drawn like GG. What is written inside the drawing functions (error of a "
    "measurement, jitter of a visit, shares of minor columns) is an assumption too. The same list "
    "is in `truth.json` under `numbers`."
)
_CANNOT = (
    "Two targets cannot be met as they stand. **High-grade survival:** .657 at 1 year, .407 at 3 "
    "and a median of 21 months do not lie on one curve of the Weibull family: a curve through the "
    "first two has its median at 24 to 25 months, one through the median and 1 year is at .33 "
    "after 3. "
    "The two shares are kept, because endpoints have their horizons there, and the median gives "
    "way. **Resection and growth** share one odds ratio over groups whose shares were published "
    "apart; the growth term is set by trial."
)


def simulation_page() -> str:
    """The page `docs/simulation.md`."""
    found = numbers()
    return as_text(
        [
            "# The simulated registry",
            "",
            *(
                t
                for text in (_ABOUT, _PROVES, _SWITCHES, _NOT_YET, _READ, _CANNOT)
                for t in (text, "")
            ),
            *(line for title, own in BASES.items() for line in _chapter(title, own, found)),
        ]
    )


def _chapter(title: str, own: dict[str, Basis], found: Sequence[Number]) -> Iterator[str]:
    """One chapter: a table for each set of columns, then what stands alone."""
    yield from ("", f"## {title}", "")
    by_columns: dict[Axis, list[str]] = {}
    for name, basis in own.items():
        by_columns.setdefault(_columns_of(basis), []).append(name)
    for columns, names in sorted(by_columns.items(), key=lambda item: -len(item[1])):
        rows = [
            row
            for name in names
            for row in _rows(own[name], [n for n in found if n.name == name], columns)
        ]
        yield from (*grid(("what", *(columns or ("value",)), "rests on"), rows), "")


def _columns_of(basis: Basis) -> Axis:
    """The axis that is set across the page: groups, periods, parts of a share."""
    return max(basis.axes, key=len, default=())


def _rows(basis: Basis, values: Sequence[Number], columns: Axis) -> Iterator[tuple[str, ...]]:
    """One line for each row of a constant, with the sources of its published values."""
    lines: dict[tuple[str, ...], dict[str, Number]] = {}
    for value in values:
        across = next((name for name in value.place if name in columns), "value")
        down = tuple(name for name in value.place if name != across and name != "share")
        lines.setdefault(down, {})[across] = value
    for place, (down, cells) in enumerate(lines.items()):
        what = ", ".join([basis.what, *down]) if place == 0 else ", ".join(["…", *down])
        texts = [_cell(cells.get(column)) for column in (columns if columns else ("value",))]
        if columns and set(cells) == {"value"}:
            # a number beside a row of shares: it stands in the first column
            texts[0] = _cell(cells["value"])
        yield (what, *texts, _sources(cells, note=basis.note if place == 0 else ""))


def _cell(number: Number | None) -> str:
    """A value with its label."""
    if number is None:
        return ""
    return f"{number.value:.6g}" + ("" if number.kind == "T" else f" {number.kind}")


def _sources(cells: dict[str, Number], *, note: str) -> str:
    """The sources of a line's published values, places of one source together, then the note."""
    places: dict[str, list[str]] = {}
    for across, number in cells.items():
        if number.source:
            places.setdefault(number.source, []).append(across)
    alone = set(cells) == {"value"} or (len(places) == 1 and len(*places.values()) == len(cells))
    said = [
        source if alone else f"{', '.join(names)}: {source}" for source, names in places.items()
    ]
    return "; ".join([*said, *([note] if note else [])])
