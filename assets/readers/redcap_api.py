"""REDCap's API: a project exported into a folder that `check`, `prepare` and `deliver` take.

Belongs here: asking for records and structure, what may go wrong on the way, the files written.
Does not belong here: reading the export (`redcap`), pseudonyms and dates (`imsct prepare`).
The token opens a whole project: it is read from a file of its owner alone, goes to no other host
and into no message. PyCap repeats a malformed token in its own errors, so it never gets one.
"""

import ipaddress
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from redcap.project import Project
from redcap.request import RedcapError

from schemas.errors import ImsctError, StorageError, UsageError
from warehouse.files import as_storage_error, write_atomically

_TOKEN = re.compile(r"[0-9A-Fa-f]{32}")
#: Seconds to connect, and between two parts of an answer: a large project takes minutes to begin.
_TIMEOUT = (10, 600)
STRUCTURE = "structure"


@dataclass(frozen=True)
class Exported:
    """What was written: files by their name in the folder, and their size in bytes."""

    folder: Path
    files: dict[str, int]


def export_project(url: str, token_file: Path, out: Path) -> Exported:
    """Export a project: `data.csv` (raw), `dictionary.csv`, and events and forms in `structure/`.

    Raises
    ------
    UsageError
        If the address is not safe, the token's file is open to others or holds no token, REDCap
        refuses the token, or the folder has something in it.
    StorageError
        If REDCap cannot be reached or answers with an error, or the folder cannot be written.
    """
    _require_safe(url)
    token = _read_token(token_file)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out}: is not an empty folder. Name a new one; nothing is overwritten.")
    project = Project(url, token, **_request(url))
    files = {name: text.encode() for name, text in _asked(project).items()}
    try:
        for name, data in files.items():
            (out / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(out / name, data, mode=0o600)
    except OSError as error:
        raise as_storage_error(error, f"{out}: cannot be written") from error
    return Exported(out, {name: len(data) for name, data in files.items()})


def _require_safe(url: str) -> None:
    """Refuse an address to which a token would travel in clear, or that is no API's."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise UsageError(
            "--url: not an address that begins with https://. The token would travel in clear; "
            "ask the administrator of REDCap for the address of the API."
        )
    if not parts.hostname or parts.username or parts.query or not parts.path.endswith("/api/"):
        raise UsageError(
            "--url: not the address of a REDCap API, such as https://redcap.example.org/api/ (it "
            "ends with /api/, and holds no name or password)."
        )


def _is_loopback(host: str | None) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _read_token(path: Path) -> str:
    """The token of a file that only its owner can read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor has no path
            status = os.fstat(descriptor)
            text = file.read(200) if stat.S_ISREG(status.st_mode) else b""
    except OSError as error:
        raise UsageError(
            f"--token-file {path}: cannot be read ({error.strerror}). Put the API token of the "
            "project into a file of its own."
        ) from error
    if status.st_mode & 0o077:
        raise UsageError(
            f"--token-file {path}: others may read it. Make it yours alone (chmod 600), and have "
            "REDCap issue a new token if somebody else could have seen it."
        )
    token = text.decode("ascii", "replace").strip()
    if not _TOKEN.fullmatch(token):
        raise UsageError(
            f"--token-file {path}: holds no API token (32 digits and letters a to f, nothing else)."
        )
    return token


def _request(url: str) -> dict[str, Any]:
    """How requests are sent: to this host only, within a time, every answer looked at."""
    settings: dict[str, Any] = {
        "timeout": _TIMEOUT,
        "allow_redirects": False,
        "hooks": {"response": _look_at},
    }
    if urlsplit(url).scheme == "http":
        # a proxy of the environment would see the token
        settings["proxies"] = {"http": None}
    return settings


def _look_at(response: Any, **_: object) -> None:
    """Refuse an answer that is no export: PyCap takes the page of an error for data."""
    code = response.status_code
    if code in (401, 403):
        raise UsageError(
            f"REDCap refuses the token ({code}). Ask for API export rights in the project, or for "
            "a new token."
        )
    if code != 200:
        raise StorageError(
            f"REDCap answers with status {code} instead of the export. "
            + (
                "The address leads elsewhere: name the one that it leads to."
                if 300 <= code < 400
                else "Repeat later; if it stays, show the status to REDCap's administrator."
            )
        )
    # a text without a declared encoding would be taken for latin-1
    response.encoding = "utf-8"


def _asked(project: Project) -> dict[str, str]:
    """Every file of the export as text."""
    about = _answer(project.export_project_info)
    found = {
        "data.csv": _answer(
            project.export_records,
            format_type="csv",
            export_data_access_groups=False,
            # a form that nobody opened is not "incomplete"
            export_blank_for_gray_form_status=True,
        ),
        "dictionary.csv": _answer(project.export_metadata, format_type="csv"),
    }
    more: dict[str, Callable[..., Any]] = {}
    if _is_set(about, "is_longitudinal"):
        more |= {
            "arms.csv": project.export_arms,
            "events.csv": project.export_events,
            "forms_by_event.csv": project.export_instrument_event_mappings,
        }
    if _is_set(about, "has_repeating_instruments_or_events"):
        more["repeating.csv"] = project.export_repeating_instruments_events
    for name, ask in more.items():
        found[f"{STRUCTURE}/{name}"] = _answer(ask, format_type="csv")
    return found


def _answer(ask: Callable[..., Any], **options: object) -> Any:
    """One answer of the API; what went wrong is told without the request, which has the token."""
    try:
        return ask(**options)
    except ImsctError:
        raise
    except (RedcapError, ValueError) as error:
        raise StorageError(
            f"REDCap cannot be reached, or its answer is no export ({type(error).__name__}). Check "
            "the address and the network, then repeat."
        ) from None


def _is_set(about: Any, key: str) -> bool:
    """Whether the project's description says yes."""
    return isinstance(about, dict) and str(about.get(key)) == "1"
