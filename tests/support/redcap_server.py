"""A small server on this machine that speaks the export part of REDCap's API.

Belongs here: the real projects of `tests/data/redcap` behind the API's own contents and errors.
Does not belong here: what a client should make of them.
"""

import contextlib
import csv
import io
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from assets.readers.redcap_dictionary import API_HEADER
from tests.support.redcap_projects import COMMITTED

TOKEN = "0123456789ABCDEF0123456789ABCDEF"
_FORBIDDEN = "ERROR: You do not have permissions to use the API"
_CLASSIC = "ERROR: You cannot export events for classic projects"


@dataclass
class RedcapServer:
    """A running server: its address, the project it serves, what it was asked.

    `answer` replaces every answer by a status and a text, `records` the records alone.
    """

    url: str = ""
    project: str = "longitudinal"
    answer: tuple[int, str] | None = None
    records: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def reply(self, body: dict[str, str]) -> tuple[int, str]:
        """Status and text for a request."""
        self.asked.append(body)
        if self.answer is not None:
            return self.answer
        if body.get("token") != TOKEN:
            return 403, _FORBIDDEN
        return self._content(body["content"], is_json=body["format"] == "json")

    def _content(self, content: str, *, is_json: bool) -> tuple[int, str]:
        folder = COMMITTED / self.project
        is_longitudinal = (folder / "event.csv").exists()
        repeats = self.project == "repeating-instruments"
        if content == "project":
            return 200, (
                f'{{"project_id": 7, "is_longitudinal": {int(is_longitudinal)}, '
                f'"has_repeating_instruments_or_events": {int(repeats)}}}'
            )
        files = {"record": "data.csv", "event": "event.csv", "arm": "arm.csv"}
        if content == "metadata":
            rows = list(csv.reader(io.StringIO((folder / "dictionary.csv").read_text("utf-8"))))
            if is_json:
                names = [dict(zip(API_HEADER, row, strict=True)) for row in rows[1:]]
                return 200, json.dumps(names)
            out = io.StringIO()
            csv.writer(out, lineterminator="\n").writerows([API_HEADER, *rows[1:]])
            return 200, out.getvalue()
        if content == "record" and self.records is not None:
            return 200, self.records
        if content == "repeatingFormsEvents" and repeats:
            return 200, "form_name,custom_form_label\nbp,[record_id]-[date_bp]\n"
        if content == "formEventMapping" and is_longitudinal:
            return 200, "arm_num,unique_event_name,form\n1,enrollment_arm_1,demographics\n"
        if content in files and (folder / files[content]).exists():
            return 200, (folder / files[content]).read_text("utf-8")
        return 400, _CLASSIC


@contextlib.contextmanager
def serving_redcap() -> Iterator[RedcapServer]:
    """Serve until the end of the block."""
    state = RedcapServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
            code, text = state.reply({key: values[0] for key, values in body.items()})
            self.send_response(code)
            # REDCap names no encoding here
            self.send_header("Content-Type", "text/csv")
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/api/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
