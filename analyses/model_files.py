"""Model files: a fitted pipeline as bytes and back, without running code on loading.

Belongs here: the fixed list of types that a model file may hold.
Does not belong here: fitting (`analyses.models`), where files lie.
"""

from typing import Any

import skops.io

from schemas.errors import IntegrityError

#: Types that may be in a model file besides those that skops itself trusts: our own, and the name of
#: an array's number type, which scikit-learn's imputer keeps.
TRUSTED = ("analyses.preprocessing.CaseEncoder", "numpy.dtype")


def save(model: Any) -> bytes:
    """A fitted pipeline as the bytes of a skops file."""
    data: bytes = skops.io.dumps(model)
    return data


def load(data: bytes) -> Any:
    """The pipeline of a skops file; its predictions are bit-equal to those of the saved one.

    Raises
    ------
    IntegrityError
        If the file holds a type that is not on the list; nothing of it is then built.
    """
    unknown = sorted(set(skops.io.get_untrusted_types(data=data)) - set(TRUSTED))
    if unknown:
        raise IntegrityError(
            f"the model file holds types that are not trusted: {', '.join(unknown)}. It was not "
            "loaded. Make the model again with 'imsct analyse'."
        )
    return skops.io.loads(data, trusted=list(TRUSTED))
