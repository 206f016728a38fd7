"""Quality trend: the share of records refused, delivery after delivery, one panel per site.

Belongs here: small panels on one scale, so that sites can be compared at a glance.
Does not belong here: counting, and which deliveries there are (`analyses.cohort_report`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analyses.figures.style import BLUE, GREY, RULE, Table, blank, house_style, wrap
from analyses.numbers import NONE, share
from schemas.showing import counted

PANEL = (1.78, 0.62)  # inches: width and height of the drawing area
STEP = (2.08, 1.3)  # from panel to panel
LEFT, HEAD = 0.04, 0.36
SMALL = 9.5  # points: 9 pixels where the figure is 288 wide, on a phone of 320
TOPS = (0.05, 0.1, 0.25, 0.5, 1.0)  # ends of the scale


@dataclass(frozen=True)
class Delivery:
    """One delivery: its name, records received and in quarantine; `is_taken` where it came in."""

    name: str
    received: int
    quarantined: int
    is_taken: bool = True

    @property
    def share(self) -> float | None:
        """Share in quarantine."""
        return self.quarantined / self.received if self.received else None


@dataclass(frozen=True)
class Trend:
    """What the figure shows: sites, each with its deliveries in the order of the ledger."""

    provenance: str
    sites: tuple[tuple[str, tuple[Delivery, ...]], ...]


def draw(trend: Trend) -> Figure:
    """One panel per site, two to a row, all on one scale.

    Parameters
    ----------
    trend
        At least one site.

    Returns
    -------
    Figure
        4.2 inches wide.
    """
    most = max((d.share or 0.0 for _, row in trend.sites for d in row), default=0.0)
    end = next(top for top in TOPS if top >= most)
    with house_style():
        head = 0.04
        lines = (len(trend.sites) + 1) // 2
        figure, axes = blank(head + STEP[1] * lines + 0.34)
        for place, (site, row) in enumerate(trend.sites):
            corner = (LEFT + STEP[0] * (place % 2), head + STEP[1] * (place // 2))
            _panel(axes, site, row, corner=corner, end=end)
        foot = head + STEP[1] * lines + 0.16
        said = f"share of records in quarantine; upper line: {end:.0%}"
        axes.text(LEFT, foot, said, va="center_baseline", fontsize=SMALL)
        return figure


def _panel(
    axes: Axes, site: str, row: Sequence[Delivery], *, corner: tuple[float, float], end: float
) -> None:
    """One site: a line through its deliveries, first and last in numbers."""
    left, top = corner[0], corner[1] + HEAD
    width, height = PANEL
    foot = top + height
    axes.text(left, corner[1] + 0.1, wrap(site, 22, lines=1), va="center_baseline", weight="bold")
    axes.plot([left, left + width], [top, top], color=RULE, lw=0.6)
    axes.plot([left, left + width], [foot, foot], color=GREY, lw=0.8)
    inner = width - 0.5
    step = inner / max(len(row) - 1, 1)
    spots = [
        (left + 0.2 + step * i, foot - height * d.share / end, d)
        for i, d in enumerate(row)
        if d.share is not None
    ]
    axes.plot([x for x, _, _ in spots], [y for _, y, _ in spots], color=BLUE, lw=1.4)
    for x, y, d in spots:
        face = BLUE if d.is_taken else "white"
        axes.plot([x], [y], marker="o", ms=4.5, color=BLUE, markerfacecolor=face, clip_on=False)
    for x, y, d in dict.fromkeys(spots[:1] + spots[-1:]):
        said = share(d.quarantined, d.received)
        axes.text(x, y - 0.13, said, ha="center", va="center_baseline", color=BLUE, fontsize=SMALL)
    axes.text(left, foot + 0.13, counted_deliveries(len(row)), va="center_baseline", fontsize=SMALL)


def counted_deliveries(n: int) -> str:
    """How many deliveries, in words.

    Parameters
    ----------
    n
        How many.

    Returns
    -------
    str
        With the noun.

    Examples
    --------
    >>> counted_deliveries(1), counted_deliveries(3)
    ('1 delivery', '3 deliveries')
    """
    return counted(n, "delivery") if n == 1 else f"{n} deliveries"


def alt_text(trend: Trend) -> str:
    """Share refused in the newest delivery of each site, beside that of the one before.

    Parameters
    ----------
    trend
        As drawn.

    Returns
    -------
    str
        One sentence per site.

    Examples
    --------
    >>> row = (Delivery("d1", 100, 20), Delivery("d2", 50, 5))
    >>> alt_text(Trend("published", (("A", row),)))
    'Share of records in quarantine by delivery. A: 10% in the newest, 20% before.'
    """
    start = "Share of records in quarantine by delivery"
    start += " (simulated data)" if trend.provenance == "simulated" else ""
    said = []
    for site, row in trend.sites:
        told = [share(d.quarantined, d.received) for d in row if d.received]
        if not told:
            said.append(f"{site}: nothing received")
        else:
            before = f", {told[-2]} before" if len(told) > 1 else ""
            said.append(f"{site}: {told[-1]} in the newest{before}")
    return f"{start}. {'; '.join(said)}."


def as_table(trend: Trend) -> Table:
    """Every delivery with its account.

    Parameters
    ----------
    trend
        As drawn.

    Returns
    -------
    Table
        Columns: site, delivery, received, in quarantine, share.
    """
    rows = tuple(
        (
            site,
            d.name if d.is_taken else f"{d.name} (not taken in)",
            str(d.received),
            str(d.quarantined),
            share(d.quarantined, d.received) or NONE,
        )
        for site, row in trend.sites
        for d in row
    )
    return Table(("Site", "Delivery", "Records received", "In quarantine", "Share"), rows)
