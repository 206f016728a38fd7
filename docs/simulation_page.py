"""The page of the simulated registry: what of it is evidence and what assumption.

Belongs here: how the generator's numbers are set for a reader.
Does not belong here: the numbers and their comments (`analyses.simulation`), writing files
(`docs/write_pages.py`).
"""

from collections.abc import Iterator

from analyses.simulation import Basis, bases
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
    "spoils M rows, each by a rule, and names every one in `truth.json`."
)
_NOT_YET = (
    "Not drawn: scales of function other than McCormick, a site's country. The feature sets of "
    "radiomics lie in `features/` beside the deliveries, with scanner shift and stretch, a "
    "test-retest set and what is true of them in `truth.json`; the line does not take them in yet."
)


def simulation_page() -> str:
    """The page `docs/simulation.md`."""
    known = [basis for basis in bases() if basis.is_evidence]
    assumed = [basis for basis in bases() if not basis.is_evidence]
    return as_text(
        [
            "# The simulated registry",
            "",
            *(line for text in (_ABOUT, _PROVES, _SWITCHES, _NOT_YET) for line in (text, "")),
            "Below, E stands before the source of a published number, A for an assumption; labels "
            "are those of `assets/data/evidence/SOURCES.md`. The values are in "
            "`analyses/simulation/`, and in `truth.json`.",
            "",
            "## Published, in part or whole",
            "",
            *_list(known),
            "",
            "## Assumed",
            "",
            *_list(assumed),
        ]
    )


def _list(found: list[Basis]) -> Iterator[str]:
    """The numbers with what their comments say."""
    yield from grid(
        ("number", "what it is, what it rests on"),
        ([f"`{basis.name}`", basis.says or "A"] for basis in found),
    )
