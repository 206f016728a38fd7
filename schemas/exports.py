"""The dictionary in each form in which it leaves: text for people, for programs, for REDCap.

Belongs here: which form is made by what.
Does not belong here: the forms (`schemas.dictionary`, `json_schema`, `redcap`).
"""

import json
from collections.abc import Callable
from typing import Any

from schemas.dictionary import as_markdown, dictionary
from schemas.json_schema import json_schema
from schemas.redcap import dictionary_csv, repeating_csv

_FORMS: dict[str, Callable[[], str]] = {
    "markdown": as_markdown,
    "json": lambda: _as_json(dictionary()),
    "jsonschema": lambda: _as_json(json_schema()),
    "redcap": dictionary_csv,
    "redcap-repeating": repeating_csv,
}


def dictionary_as(form: str) -> str:
    """The dictionary in one of its forms, with a line end at its end."""
    return _FORMS[form]()


def _as_json(content: dict[str, Any]) -> str:
    """One JSON document."""
    return json.dumps(content, indent=1) + "\n"
