"""REDCap's API against a small server: what is written, what is refused, where the token goes."""

import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.readers.reading import read
from assets.readers.redcap_dictionary import read_dictionary
from assets.readers.redcap_structure import event_labels
from tests.support.command import Ran, imsct
from tests.support.redcap_projects import bytes_of, part_of
from tests.support.redcap_server import TOKEN, RedcapServer, serving_redcap


@pytest.fixture
def server() -> Iterator[RedcapServer]:
    """A server with the longitudinal project."""
    with serving_redcap() as running:
        yield running


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    """A token as it should be kept."""
    path = tmp_path / "token"
    path.write_text(TOKEN + "\n", encoding="ascii")
    path.chmod(0o600)
    return path


def export(url: str, token_file: Path, out: Path) -> Ran:
    """Run the command."""
    ran = imsct("redcap-export", "--url", url, "--token-file", token_file, "--out", out)
    assert "Traceback" not in ran.err
    assert TOKEN not in ran.out + ran.err
    return ran


def test_a_project_becomes_a_folder_that_is_read(
    server: RedcapServer, token_file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    out = tmp_path / "export"
    ran = export(server.url, token_file, out)
    assert (ran.exit, ran.err) == (0, "")
    files = {str(path.relative_to(out)): path for path in out.rglob("*") if path.is_file()}
    assert set(files) == {
        "data.csv",
        "dictionary.csv",
        "structure/arms.csv",
        "structure/events.csv",
        "structure/forms_by_event.csv",
    }
    data = files["data.csv"].read_bytes()
    assert data == bytes_of("longitudinal", "data.csv")
    found = read(data, part_of("longitudinal"), file="data.csv", declared=None)
    assert (found.found, list(found.problems)) == (18, [])
    fields = read_dictionary(files["dictionary.csv"].read_bytes())
    assert fields == read_dictionary(bytes_of("longitudinal", "dictionary.csv"))
    structure = (files[f"structure/{name}.csv"].read_bytes() for name in ("events", "arms"))
    assert len(event_labels(*structure)) == 12
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files.values())
    assert all(TOKEN.encode() not in path.read_bytes() for path in files.values())
    assert TOKEN not in caplog.text
    assert {body["token"] for body in server.asked} == {TOKEN}
    (records,) = [body for body in server.asked if body["content"] == "record"]
    assert (records["format"], records["type"]) == ("csv", "flat")
    asked_for = {value for key, value in records.items() if key.startswith("fields[")}
    forms = {f"{field.form}_complete" for field in fields}
    assert asked_for == {field.name for field in fields} | forms


def test_repeating_instruments_are_asked_for_where_there_are_any(
    server: RedcapServer, token_file: Path, tmp_path: Path
) -> None:
    server.project = "repeating-instruments"
    assert export(server.url, token_file, tmp_path / "export").exit == 0
    assert (tmp_path / "export" / "structure" / "repeating.csv").exists()
    assert not (tmp_path / "export" / "structure" / "events.csv").exists()


def test_letters_beyond_ascii_come_as_they_are(
    server: RedcapServer, token_file: Path, tmp_path: Path
) -> None:
    # REDCap names no encoding; read as latin-1 the name would be another
    server.records = "study_id,comments\n1,Zo\u00eb \u2265 2\n"
    assert export(server.url, token_file, tmp_path / "export").exit == 0
    written = (tmp_path / "export" / "data.csv").read_bytes()
    assert written == server.records.encode()


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ((403, f"ERROR: {TOKEN}"), 2, "refuses the token (403)"),
        ((500, "<html>oops</html>"), 3, "status 500"),
        ((302, ""), 3, "leads elsewhere"),
        ((200, '{"error": "Smith"}'), 3, "is no export"),
        ((200, "<html>Please log in</html>"), 3, "is no export"),
    ],
)
def test_an_answer_that_is_no_export_writes_nothing(
    server: RedcapServer,
    token_file: Path,
    tmp_path: Path,
    *,
    answer: tuple[int, str],
    code: int,
    said: str,
) -> None:
    server.answer = answer
    server.headers = {"Location": f"{server.url}elsewhere/"} if answer[0] == 302 else {}
    ran = export(server.url, token_file, tmp_path / "export")
    assert ran.exit == code
    assert said in ran.err
    assert "Smith" not in ran.err
    assert not (tmp_path / "export").exists()
    assert len(server.asked) == 1


def test_a_token_of_another_project_is_refused(
    server: RedcapServer, token_file: Path, tmp_path: Path
) -> None:
    token_file.write_text("F" * 32, encoding="ascii")
    ran = export(server.url, token_file, tmp_path / "export")
    assert (ran.exit, "F" * 32 in ran.err) == (2, False)


def test_a_server_that_is_not_there_is_told(token_file: Path, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ran = export(f"http://127.0.0.1:{port}/api/", token_file, tmp_path / "export")
    assert ran.exit == 3
    assert "cannot be reached" in ran.err


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        (TOKEN, 0o644, "others may read it"),
        (TOKEN, 0o660, "others may read it"),
        (TOKEN[:-1] + "-", 0o600, "holds no API token"),
        (TOKEN + TOKEN, 0o600, "holds no API token"),
        ("", 0o600, "holds no API token"),
    ],
)
def test_a_token_file_that_is_open_or_holds_none_is_refused(
    server: RedcapServer, tmp_path: Path, *, text: str, mode: int, said: str
) -> None:
    path = tmp_path / "token"
    path.write_text(text, encoding="ascii")
    path.chmod(mode)
    ran = export(server.url, path, tmp_path / "export")
    assert ran.exit == 2
    assert said in ran.err
    assert not text or text not in ran.err
    assert not server.asked


def test_a_token_file_that_is_a_link_or_missing_is_refused(
    server: RedcapServer, token_file: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(token_file)
    for path in (link, tmp_path / "none", tmp_path):
        assert export(server.url, path, tmp_path / "export").exit == 2
    assert not server.asked


@pytest.mark.parametrize(
    "url",
    [
        "http://redcap.example.org/api/",
        "ftp://127.0.0.1/api/",
        "https://redcap.example.org/",
        "https://name:word@redcap.example.org/api/",
        "https:///api/",
        "127.0.0.1/api/",
    ],
)
def test_an_address_that_is_not_safe_or_no_api_is_refused(
    url: str, token_file: Path, tmp_path: Path
) -> None:
    ran = export(url, token_file, tmp_path / "export")
    assert ran.exit == 2
    assert "--url" in ran.err


def test_a_folder_with_something_in_it_is_left_alone(
    server: RedcapServer, token_file: Path, tmp_path: Path
) -> None:
    ran = export(server.url, token_file, tmp_path)
    assert ran.exit == 2
    assert not server.asked
