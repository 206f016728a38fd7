"""Dates as a source writes them: one declared format, read strictly.

Belongs here: what a declared format may be, and reading a text by it.
Does not belong here: days from day 0 (`assets.day_zero`), finding dates that nobody declared
(`schemas.identifiers.texts`).
Nothing is guessed: 03/04/2021 is a date only where a profile says which number is the day.
"""

import re
from datetime import date
from functools import cache

ISO = "iso"
_DIRECTIVES = {"%Y": "(?P<y>[0-9]{4})", "%m": "(?P<m>[0-9]{1,2})", "%d": "(?P<d>[0-9]{1,2})"}
_FORM = re.compile(r"%[Ymd](?P<s>[-/. ]?)%[Ymd](?P=s)%[Ymd]")


def is_date_format(text: str) -> bool:
    """Whether a profile may declare this format: `iso`, or %Y, %m and %d with one separator.

    A year of two digits is none: nobody could tell 1921 from 2021.

    Examples
    --------
    >>> [is_date_format(text) for text in ("iso", "%d/%m/%Y", "%Y%m%d", "%d/%m/%y", "%d/%d/%Y")]
    [True, True, True, False, False]
    """
    return text == ISO or bool(_FORM.fullmatch(text) and all(d in text for d in _DIRECTIVES))


def read_date(text: str, form: str) -> date | None:
    """The day that a text of the declared format means; None for any other text.

    Examples
    --------
    >>> read_date("3/4/2021", "%d/%m/%Y"), read_date("2021-04-03", "iso")
    (datetime.date(2021, 4, 3), datetime.date(2021, 4, 3))
    >>> read_date("03/04/2021", "iso") is None, read_date("2021-02-29", "iso") is None
    (True, True)
    """
    found = _pattern(form).fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """The expression of a format; without a separator, and in ISO 8601, every part is whole."""
    plain = "%Y-%m-%d" if form == ISO else form
    is_whole = form == ISO or len(plain) == 6
    plain = re.escape(plain)
    for directive, part in _DIRECTIVES.items():
        plain = plain.replace(directive, part.replace("{1,2}", "{2}") if is_whole else part)
    return re.compile(plain)


def period_of(day: date) -> str:
    """The code of `cases.index_period` for a day.

    Examples
    --------
    >>> period_of(date(1994, 12, 31)), period_of(date(2015, 1, 1)), period_of(date(2024, 5, 1))
    ('before_1995', '2015_2020', '2021_on')
    """
    return next(code for first, code in _PERIODS if day.year >= first)


#: First year of each period of `cases.index_period`, the latest first.
_PERIODS = (
    (2021, "2021_on"),
    (2015, "2015_2020"),
    (2005, "2005_2014"),
    (1995, "1995_2004"),
    (0, "before_1995"),
)
