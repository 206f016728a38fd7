"""What a profile says of a REDCap export, beside its header and rows.

Belongs here: raw or label, the project's dictionary, and the conditions without which a row of an
export would be taken for something else.
Does not belong here: reading one (`assets.readers.redcap`), the project's own (`redcap_layout`).
"""

from collections.abc import Iterable, Mapping
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

EVENT = "redcap_event_name"
INSTRUMENT = "redcap_repeat_instrument"
INSTANCE = "redcap_repeat_instance"
GROUP = "redcap_data_access_group"
#: Columns of an export that no dictionary names, and how a label export heads them.
SYSTEM_COLUMNS = {
    EVENT: "Event Name",
    INSTRUMENT: "Repeat Instrument",
    INSTANCE: "Repeat Instance",
    GROUP: "Data Access Group",
}


class RedcapExport(BaseModel):
    """How the project was exported; its dictionary is part of the profile, not of a delivery.

    So what a code means cannot change with a delivery unnoticed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    export: Literal["raw", "label"] = "raw"
    dictionary: str
    labels: dict[str, dict[str, str]] = Field(default_factory=dict)


class Conditions(Protocol):
    """The conditions of one kind of row, as `schemas.profile.Rows` has them."""

    @property
    def table(self) -> str:
        """The table that gets the rows."""

    @property
    def when(self) -> Mapping[str, tuple[str, ...]]:
        """Values of delivered columns for which a row is made."""

    @property
    def when_any_filled(self) -> tuple[str, ...]:
        """Delivered columns of which one must be filled."""


def require_conditions(header: Iterable[str], rows: Iterable[Conditions]) -> None:
    """Refuse rows that would be made from records of every instrument or event.

    One line of an export is a patient, an instance of an instrument, or an event; cells of the
    others are empty because they do not belong there, which is not "missing".

    Raises
    ------
    ValueError
        If rows do not say from which instrument or event they come.
    """
    columns = set(header)
    for kind in rows:
        if INSTRUMENT in columns and INSTRUMENT not in kind.when:
            raise ValueError(
                f"{kind.table}: say in `when` from which {INSTRUMENT} the rows come; "
                "'' is the record itself"
            )
        is_instance = "" not in kind.when.get(INSTRUMENT, ("",))
        if EVENT in columns and not (EVENT in kind.when or kind.when_any_filled or is_instance):
            raise ValueError(
                f"{kind.table}: say in `when` from which {EVENT} the rows come, or in "
                "`when_any_filled` which columns belong there"
            )
