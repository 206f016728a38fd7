"""Rule R035: the region of the cord follows from the levels.

Belongs here: which regions fit which upper and lower level.
Does not belong here: the order of levels (`schemas.imaging_vocabularies`).
"""

from schemas import vocabularies as v
from schemas.checks import rule_at
from schemas.expressions import IfThen, Not, Predicate, all_of, is_in

_LEVELS = v.LEVEL.coded
_JUNCTION = ("CMJ",)
_CERVICAL = tuple(level for level in _LEVELS if level.startswith("C") and level != "CMJ")
_THORACIC = tuple(level for level in _LEVELS if level.startswith("T"))
_BELOW = tuple(level for level in _LEVELS if level[0] in "LS")
_FROM_T11 = _LEVELS[_LEVELS.index("T11") :]
_FROM_T12 = _LEVELS[_LEVELS.index("T12") :]
_WHOLE = all_of(is_in("level_upper", *_JUNCTION, *_CERVICAL), is_in("level_lower", *_FROM_T11))


def _spans(upper: tuple[str, ...], lower: tuple[str, ...], *regions: str) -> Predicate:
    """A tumour from one of the upper to one of the lower levels lies in one of the regions."""
    place = all_of(is_in("level_upper", *upper), is_in("level_lower", *lower), Not(_WHOLE))
    return IfThen(place, is_in("cord_region", *regions))


_THORACIC_ABOVE_T12 = tuple(level for level in _THORACIC if level not in _FROM_T12)

REGION_FOLLOWS_LEVELS = rule_at(
    "R035",
    "imaging_reads.cord_region",
    severity="warning",
    holds=all_of(
        IfThen(_WHOLE, is_in("cord_region", "holocord")),
        _spans(_JUNCTION, _LEVELS, "craniocervical"),
        _spans(_CERVICAL, _CERVICAL, "cervical"),
        _spans(_CERVICAL, _THORACIC, "cervicothoracic"),
        _spans(_THORACIC, _THORACIC_ABOVE_T12, "thoracic"),
        _spans(_THORACIC, ("T12",), "thoracic", "conus"),
        _spans(_THORACIC, _BELOW, "thoracolumbar", "conus"),
        _spans(_BELOW, _BELOW, "conus", "filum"),
    ),
    sentence="`cord_region` is the one of the levels (CMJ, C, T, L or S): to T12 or below also "
    "conus, with L and S also filum, from C to T11 or below holocord",
    remedy="The region does not fit the levels: correct one of them.",
)
