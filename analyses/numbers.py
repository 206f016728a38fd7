"""Numbers as text: one place that rounds for the page.

Belongs here: formats of counts, shares, measures and intervals, for pages and figures alike.
Does not belong here: rounding of results (`analyses.results`), words (`analyses.report.words`).
Text flows from numbers and never back.
"""

from collections.abc import Sequence

from analyses.disclosure import Shown

MINUS = "\N{MINUS SIGN}"
NONE = "\N{EN DASH}"


def number(value: float | None, *, digits: int = 2) -> str:
    """Number with a fixed number of decimals and a true minus sign.

    Parameters
    ----------
    value
        None becomes a dash.
    digits
        Decimals.

    Returns
    -------
    str
        Never "-0.00".

    Examples
    --------
    >>> number(0.0312), number(-0.001)
    ('0.03', '0.00')
    >>> number(-0.0312) == MINUS + "0.03", number(None) == NONE
    (True, True)
    """
    if value is None:
        return NONE
    said = f"{value:.{digits}f}"
    if float(said) == 0:
        said = said.lstrip("-")
    return said.replace("-", MINUS)


def brief(value: float | None) -> str:
    """Number with at most four significant digits, for quantities of any size.

    Parameters
    ----------
    value
        None becomes a dash.

    Returns
    -------
    str
        Without trailing zeros.

    Examples
    --------
    >>> brief(0.016681), brief(61.0), brief(1234.4)
    ('0.01668', '61', '1234')
    """
    return NONE if value is None else f"{value:.4g}".replace("-", MINUS)


def typical(value: float | None) -> str:
    """Median or quartile: three significant digits, whole from 100 on.

    Parameters
    ----------
    value
        None becomes a dash.

    Returns
    -------
    str
        Without trailing zeros.

    Examples
    --------
    >>> typical(18.43), typical(1167.2), typical(6.0)
    ('18.4', '1167', '6')
    """
    if value is None:
        return NONE
    said = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return said.replace("-", MINUS)


def interval(limits: Sequence[float] | None, *, digits: int = 2) -> str:
    """Two limits joined by "to".

    Parameters
    ----------
    limits
        Lower and upper; None becomes a dash.
    digits
        Decimals.

    Returns
    -------
    str
        For example "0.62 to 0.79".

    Examples
    --------
    >>> interval([0.02, 0.04])
    '0.02 to 0.04'
    >>> interval([0.0, 0.0])  # every draw gave the same: not exact, only not known
    'no limits'
    """
    if limits is None:
        return NONE
    if limits[0] == limits[1]:
        return "no limits"
    return f"{number(limits[0], digits=digits)} to {number(limits[1], digits=digits)}"


def share(part: Shown | None, whole: Shown | None) -> str:
    """Percentage of two released counts; empty where one of them is not an exact count above 0.

    Parameters
    ----------
    part, whole
        Counts as released.

    Returns
    -------
    str
        Whole per cent; "<1%" and ">99%" where rounding would claim none or all.

    Examples
    --------
    >>> share(3, 8), share(1, 400), share(0, 5), share(399, 400)
    ('38%', '<1%', '0%', '>99%')
    """
    if not (isinstance(part, int) and isinstance(whole, int) and whole > 0):
        return ""
    percent = 100 * part / whole
    if 0 < percent < 0.5:
        return "<1%"
    if 99.5 <= percent < 100:
        return ">99%"
    return f"{int(percent + 0.5)}%"


def count_of(part: Shown | None, whole: Shown | None) -> str:
    """Count with its percentage.

    Parameters
    ----------
    part, whole
        Counts as released; None becomes a dash.

    Returns
    -------
    str
        For example "12 (34%)".

    Examples
    --------
    >>> count_of(3, 8)
    '3 (38%)'
    """
    if part is None:
        return NONE
    percent = share(part, whole)
    return f"{part} ({percent})" if percent else str(part)
