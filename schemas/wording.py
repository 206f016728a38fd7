"""Wording: how lists are said in sentences.

Belongs here: the little that sentences of rules, messages and pages share.
Does not belong here: words of one page (`schemas.pages.words`).
"""

from collections.abc import Sequence

#: Ends a suggestion that names a likely unit.
NOT_CONVERTED = "Nothing is converted here."


def listed(parts: Sequence[str], last: str = "or") -> str:
    """Parts as a list in a sentence.

    Examples
    --------
    >>> listed(["T1"]), listed(["T2", "STIR", "3D T2"])
    ('T1', 'T2, STIR or 3D T2')
    """
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"
