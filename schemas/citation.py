"""Citation files: how a snapshot, or a report on one, is cited.

Belongs here: the text of a `CITATION.cff` (Citation File Format 1.2), one for all packages.
Does not belong here: who is to be cited (`warehouse.settings`), writing files.
"""

import json
from collections.abc import Mapping

#: What the format asks a file to say in `message`.
SNAPSHOT = "Cite the snapshot, so that others can find the same rows."


def authors_of(about: Mapping[str, object]) -> list[str]:
    """Who is cited: those whom the settings of the home name, else the registry as a whole.

    Parameters
    ----------
    about
        `title` and `contributors` of the settings; either may be missing.

    Returns
    -------
    list of str
        At least one name, in the order of the settings.

    Examples
    --------
    >>> authors_of({"title": "A registry", "contributors": []})
    ['Contributors of A registry']
    """
    return contributors_of(about) or [f"Contributors of {about.get('title', 'the registry')}"]


def contributors_of(about: Mapping[str, object]) -> list[str]:
    """Those whom the settings name; none where they name nobody.

    Parameters
    ----------
    about
        As for `authors_of`.

    Returns
    -------
    list of str
        In the order of the settings.
    """
    given = about.get("contributors")
    return [str(name) for name in given] if isinstance(given, list | tuple) else []


def citation(
    *,
    title: str,
    version: str,
    authors: list[str],
    message: str = SNAPSHOT,
    released: str | None = None,
    abstract: str | None = None,
) -> str:
    """The text of a citation file; no person and no day is made up.

    Parameters
    ----------
    title, version, authors
        As in the format; the version is the id of the snapshot.
    message
        Plain words without a colon.
    released, abstract
        The day of publication, and what the reader must know; left out where None.

    Returns
    -------
    str
        YAML: a JSON string is a YAML string. Not a byte of it may change for a snapshot that is
        published: its ledger holds the hash.

    Examples
    --------
    >>> print(citation(title="A", version="1f", authors=["B"], message="Cite it."))
    cff-version: 1.2.0
    message: Cite it.
    type: dataset
    title: "A"
    version: "1f"
    authors:
      - name: "B"
    <BLANKLINE>
    """
    more = {"date-released": released, "abstract": abstract}
    lines = [
        "cff-version: 1.2.0",
        f"message: {message}",
        "type: dataset",
        f"title: {_text(title)}",
        f"version: {_text(version)}",
        *(f"{key}: {_text(value)}" for key, value in more.items() if value is not None),
        "authors:",
        *(f"  - name: {_text(name)}" for name in authors),
    ]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """A text as YAML."""
    return json.dumps(text, ensure_ascii=False)
