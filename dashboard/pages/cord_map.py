"""Cord map page: where along the cord the tumours of a cohort lie, by histology.

Belongs here: the figure, its words and its table, as any reader may see them.
Does not belong here: drawing (`analyses.figures`), HTML (`templates`).
No single case is drawn: that waits for roles.
"""

import threading
from typing import Any

from analyses.figures import cord_map
from analyses.figures.style import svg_file, to_svg
from analyses.report.words import COHORTS
from analyses.shown.cord_maps import lesion_frame, map_of_cohort
from dashboard.filters import Selection
from dashboard.pages.cohort import default_cohort
from dashboard.shelf import View
from schemas.errors import UsageError
from warehouse.queries import cohorts, cord_norms, levels_of_lesions

PATH = "/cord-map"
IMAGE = "/cord-map.svg"
_PEN = threading.Lock()  # matplotlib's settings are those of the whole process


def cord_map_page(view: View, selection: Selection) -> dict[str, Any]:
    """What the page shows of one cohort."""
    default = default_cohort(view.reader)
    cohort = _cohort(view, selection)
    if cohort is None:
        return {"cohort": None}
    shown = _shown(view, cohort)
    # the image names its snapshot: a page and its image are of one even if another is published
    image = Selection(cohort=cohort, snap=view.snapshot.id)
    tabs = [
        {
            "name": COHORTS[name][1],
            "is_current": name == cohort,
            "address": Selection(cohort=name, snap=selection.snap).address(
                PATH, default_cohort=default
            ),
        }
        for name in cohorts(view.reader)
    ]
    return {
        "cohort": cohort,
        "cohort_name": COHORTS[cohort][1],
        "band": COHORTS[cohort][0],
        "cohorts": tabs,
        "image": image.address(IMAGE, default_cohort=None),
        "alt": cord_map.alt_text(shown),
        "caption": cord_map.CAPTION_OF_SHARES,
        "table": cord_map.as_table(shown),
    }


def cord_map_image(view: View, selection: Selection) -> bytes:
    """The figure as SVG."""
    cohort = _cohort(view, selection)
    if cohort is None:
        raise UsageError("This snapshot has no case yet; there is no cord map to draw.")
    shown = _shown(view, cohort)
    with _PEN:
        svg = to_svg(cord_map.draw(shown), name="cord-map", provenance=cohort)
    return svg_file(svg, title="Cord map", description=cord_map.alt_text(shown))


def _cohort(view: View, selection: Selection) -> str | None:
    """The cohort that is asked for."""
    if any(selection.chosen.values()):
        raise UsageError("The cord map shows a whole cohort. Known are: cohort, snap.")
    return selection.cohort or default_cohort(view.reader)


def _shown(view: View, cohort: str) -> cord_map.CordMap:
    """The map with small counts kept back, as on every page."""
    has_norms = ("reference", "cord_norms") in view.reader.tables
    return map_of_cohort(
        lesion_frame(levels_of_lesions(view.reader, cohort=cohort)),
        audience="internal",
        may_see_cases=False,
        norms=cord_norms(view.reader) if has_norms else None,
    )
