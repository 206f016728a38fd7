"""D9: an exception whose text holds a cell is redacted; class and place stay."""

from pathlib import Path

import pytest

from assets.context import Line
from assets.intake import stage_pending
from assets.receiving import receive_landed
from orchestration import delivering
from schemas.errors import StorageError
from tests.support.command import imsct
from tests.support.folders import announce, clean, set_cells
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.store import Store

CELL = "Kanarius"


def test_a_database_error_that_quotes_a_cell_is_redacted(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    folder = home.landing / "SITE_A" / "d1"
    folder.mkdir(parents=True)
    clean(folder)
    set_cells(folder, "patients", sex=CELL)
    announce(folder)
    said: list[str] = []
    with Store.open(home.database) as store:
        line = Line(home, Ledger.open(home.ledger), store, said.append, "", "")
        receive_landed(line)
        store.con.execute("alter table staged.patients alter sex__text type integer")
        with pytest.raises(StorageError) as caught:
            stage_pending(line)
    message = str(caught.value)
    assert "ConversionException at warehouse/staging.py, line " in message
    error: BaseException | None = caught.value
    while error is not None:
        assert CELL not in str(error)
        error = error.__cause__ or error.__context__


def test_an_unforeseen_error_of_a_command_has_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError(CELL)

    monkeypatch.setattr(delivering, "check_folder", fail)
    ran = imsct("check", tmp_path)
    assert ran.exit == 3
    assert "ValueError" in ran.err
    assert CELL not in ran.out + ran.err
