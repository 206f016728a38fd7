"""Model files: a fitted pipeline as bytes and back, without running code on loading.

Belongs here: the fixed list of types that a model file may hold.
Does not belong here: fitting (`analyses.models`), where files lie.
"""

import inspect
import io
import json
import zipfile
from pathlib import PurePosixPath
from typing import Any

import skops.io

from analyses.own_models import own_types
from schemas.errors import IntegrityError

#: Types that may be in a model file besides those that skops itself trusts: the platform's own,
#: explainable boosting, the name of an array's number type, which scikit-learn's imputer keeps, and
#: the trees of a forest. Classes of installed packages' models come with their entry points.
TRUSTED = (
    "analyses.chained_step.ChainedImputer",
    "analyses.combat.ComBat",
    "analyses.elastic_net.ElasticNetLogistic",
    "analyses.filters.AgreementFilter",
    "analyses.filters.CorrelationFilter",
    "analyses.firth.FirthLogistic",
    "analyses.prepared.CentreEncoder",
    "analyses.preprocessing.CaseEncoder",
    "analyses.proportional_odds.ProportionalOdds",
    "analyses.survival.estimators.ElasticNetCox",
    "analyses.survival.estimators.RidgeCox",
    "interpret.glassbox._ebm._ebm.ExplainableBoostingClassifier",
    "numpy.dtype",
    "sklearn.tree._tree.Tree",
)

_SCHEMA = "schema.json"


def save(model: Any) -> bytes:
    """A fitted pipeline as the bytes of a skops file; equal models give equal bytes."""
    return _canonical(skops.io.dumps(model))


def load(data: bytes) -> Any:
    """The pipeline of a skops file; its predictions are bit-equal to those of the saved one.

    Raises
    ------
    IntegrityError
        If the file holds a type that is not on the list; nothing of it is then built.
    """
    trusted = list(TRUSTED)
    unknown = sorted(set(skops.io.get_untrusted_types(data=data)) - set(trusted))
    if unknown:
        trusted += own_types()
        unknown = [kind for kind in unknown if kind not in trusted]
    if unknown:
        raise IntegrityError(
            f"the model file holds types that are not trusted: {', '.join(unknown)}. It was not "
            "loaded. Make the model again with 'imsct analyse'."
        )
    return _with_later_parameters(skops.io.loads(data, trusted=trusted))


def _with_later_parameters(model: Any) -> Any:
    """The same model; what its steps could not yet be told when it was saved is as by default."""
    for _, step in getattr(model, "steps", ()):
        for name, parameter in inspect.signature(type(step).__init__).parameters.items():
            if parameter.default is not parameter.empty and not hasattr(step, name):
                setattr(step, name, parameter.default)
    return model


def _canonical(data: bytes) -> bytes:
    """The same archive with numbers for memory addresses and without times."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as archive:
        names: dict[str, str] = {}
        schema = _renumbered(json.loads(source.read(_SCHEMA)), {}, names)
        contents = {new: source.read(old) for old, new in names.items()}
        contents[_SCHEMA] = json.dumps(schema, indent=1).encode("utf-8")
        for name in sorted(contents):
            # stored, not compressed: another zlib gives other bytes
            archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), contents[name])
    return target.getvalue()


def _renumbered(node: Any, ids: dict[int, int], names: dict[str, str]) -> Any:
    """The schema with ids and file names counted in the order in which they appear."""
    if isinstance(node, list):
        return [_renumbered(item, ids, names) for item in node]
    if not isinstance(node, dict):
        return node
    changed: dict[str, Any] = {}
    for key, value in node.items():
        if key == "__id__":
            changed[key] = ids.setdefault(value, len(ids) + 1)
        elif key == "file" and isinstance(value, str):
            suffix = PurePosixPath(value).suffix
            changed[key] = names.setdefault(value, f"{len(names) + 1}{suffix}")
        else:
            changed[key] = _renumbered(value, ids, names)
    return changed
