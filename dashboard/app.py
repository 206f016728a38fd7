"""The web application: routes, headers, errors in words.

Belongs here: which address is answered by which page, what every answer carries.
Does not belong here: what a page shows (`dashboard.pages`), which snapshot (`dashboard.shelf`).
Nothing but GET, nothing from another host, nothing that a browser sends becomes SQL or a path.
"""

import contextlib
import secrets
import sys
import traceback
from collections.abc import AsyncIterator, Callable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from analyses.report.words import RESEARCH_ONLY
from dashboard.filters import read_address, snap_of
from dashboard.guard import Guard
from dashboard.pages.cohort import PATH, allowed_values, cohort_page, default_cohort
from dashboard.pages.cord_map import IMAGE as CORD_MAP_IMAGE
from dashboard.pages.cord_map import PATH as CORD_MAP
from dashboard.pages.cord_map import cord_map_image, cord_map_page
from dashboard.pages.overview import cases_behind, overview, today
from dashboard.pages.reports import report_file
from dashboard.shelf import Shelf, View
from schemas.errors import ImsctError, IntegrityError, UsageError
from warehouse.home import Home
from warehouse.published import QueryTimeoutError

#: Reports carry their own styles and no script; they are shut off from everything else.
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
)
#: A browser's own viewer does not open a PDF inside a sandbox; nothing may be loaded all the same.
PDF_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"
)
_SAID = {
    400: ("This address cannot be read", "Go back to the cohort page and choose again."),
    404: ("There is nothing here", "Check the address, or start from the overview."),
    405: ("Only reading is possible here", "Open the page by its address."),
    500: (
        "Something went wrong",
        "Repeat it. If it happens again, give the reference below to whoever runs this server.",
    ),
    503: ("This took too long", "Choose fewer things, then repeat. The next request is answered."),
}


def build_app(home: Home, *, hosts: tuple[str, ...]) -> Starlette:
    """Build the application over the published snapshots of a home.

    Parameters
    ----------
    home
        Read only; it may have no snapshot yet.
    hosts
        Values of the Host header that are answered.
    """
    shelf = Shelf(home)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        shelf.close()

    app = Starlette(
        routes=[
            Route("/", _overview, name="overview"),
            Route(PATH, _cohort, name="cohort"),
            Route(CORD_MAP, _cord_map, name="cord_map"),
            Route(CORD_MAP_IMAGE, _cord_map_image, name="cord_map_image"),
            Route("/current", _current, name="current"),
            Route("/reports/{folder}/report.html", _report, name="report"),
            Route("/reports/{folder}/report.pdf", _report_pdf, name="report_pdf"),
            Mount("/static", StaticFiles(packages=[("dashboard", "static")]), name="static"),
        ],
        middleware=[Middleware(Guard, hosts=hosts)],
        exception_handlers={
            HTTPException: _http_error,
            UsageError: _usage_error,
            QueryTimeoutError: _timeout,
            ImsctError: _broken,
            Exception: _broken,
        },
        lifespan=lifespan,
    )
    app.state.shelf, app.state.home = shelf, home
    app.state.templates = Environment(
        loader=PackageLoader("dashboard", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return app


def _overview(request: Request) -> Response:
    """The first page."""
    return _page(
        request,
        "overview.html",
        title="Overview",
        content=lambda view: overview(view, request.app.state.home, now=today()),
        snapshot_id=snap_of(request.query_params.multi_items()),
    )


def _cohort(request: Request) -> Response:
    """The cohort page; an address that is not the one of its state leads there."""
    pairs = request.query_params.multi_items()
    moved: list[str] = []

    def content(view: View) -> dict[str, Any]:
        selection = read_address(pairs, allowed=allowed_values(view.reader))
        address = selection.address(PATH, default_cohort=default_cohort(view.reader))
        here = f"{PATH}?{request.url.query}" if request.url.query else PATH
        if here != address:
            moved.append(address)
            return {}
        return cohort_page(view, request.app.state.home, selection)

    answer = _page(
        request, "cohort.html", title="Cohort", content=content, snapshot_id=snap_of(pairs),
        moved=moved,
    )  # fmt: skip
    return RedirectResponse(moved[0], status_code=303) if moved else answer


def _cord_map(request: Request) -> Response:
    """The page of the cord map."""
    pairs = request.query_params.multi_items()
    return _page(
        request,
        "cord_map.html",
        title="Cord map",
        content=lambda view: cord_map_page(
            view, read_address(pairs, allowed=allowed_values(view.reader))
        ),
        snapshot_id=snap_of(pairs),
    )


def _cord_map_image(request: Request) -> Response:
    """The figure of that page."""
    pairs = request.query_params.multi_items()
    shelf: Shelf = request.app.state.shelf
    with shelf.view(snap_of(pairs)) as view:
        if view is None:
            raise HTTPException(404)
        selection = read_address(pairs, allowed=allowed_values(view.reader))
        return Response(cord_map_image(view, selection), media_type="image/svg+xml")


def _current(request: Request) -> Response:
    """Id of the snapshot that is served: what an open page asks now and then."""
    shelf: Shelf = request.app.state.shelf
    return JSONResponse({"snapshot": shelf.current(), "warning": shelf.warning is not None})


def _report(request: Request) -> Response:
    """A report as the line wrote it."""
    path = report_file(request.app.state.home, request.path_params["folder"])
    if path is None:
        raise HTTPException(404)
    return FileResponse(
        path,
        media_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": REPORT_POLICY},
    )


def _report_pdf(request: Request) -> Response:
    """The same as PDF, to be looked at in place."""
    path = report_file(request.app.state.home, request.path_params["folder"], "report.pdf")
    if path is None:
        raise HTTPException(404)
    return FileResponse(
        path,
        media_type="application/pdf",
        headers={"Content-Security-Policy": PDF_POLICY, "Content-Disposition": "inline"},
    )


def _page(
    request: Request,
    template: str,
    *,
    title: str,
    content: Callable[[View], dict[str, Any]],
    snapshot_id: str | None,
    moved: list[str] | None = None,
) -> Response:
    """A page over one snapshot, or the words for a home without one."""
    shelf: Shelf = request.app.state.shelf
    with shelf.view(snapshot_id) as view:
        made = {} if view is None else content(view)
        if moved:
            return Response()
        return _render(
            request,
            template if view is not None else "empty.html",
            title=title,
            view=view,
            warning=shelf.warning,
            pinned=snapshot_id,
            behind=[] if view is None else cases_behind(view),
            **made,
        )


def _render(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """HTML of a template, with what every page has."""
    environment: Environment = request.app.state.templates
    html = environment.get_template(template).render(
        path=request.url.path, research_only=RESEARCH_ONLY, **values
    )
    return HTMLResponse(html, status_code=status)


def _error_page(
    request: Request, status: int, *, detail: str = "", reference: str = ""
) -> Response:
    """An error in the frame of every page: what happened, what to do, never a value or a path."""
    headline, remedy = _SAID.get(status, _SAID[500])
    return _render(
        request,
        "error.html",
        status=status,
        title=headline,
        view=None,
        warning=None,
        pinned=None,
        behind=[],
        remedy=remedy,
        detail=detail,
        reference=reference,
    )


def _http_error(request: Request, error: Exception) -> Response:
    """What the router refuses."""
    assert isinstance(error, HTTPException)
    return _error_page(request, error.status_code)


def _usage_error(request: Request, error: Exception) -> Response:
    """An address that asks for what there is not; the message names no value."""
    return _error_page(request, 400, detail=str(error))


def _timeout(request: Request, error: Exception) -> Response:
    """A query that was interrupted."""
    return _error_page(request, 503, reference=_noted(error))


def _broken(request: Request, error: Exception) -> Response:
    """Everything else: the reference leads to the log, the page says nothing of the inside."""
    if isinstance(error, IntegrityError):
        detail = "This snapshot is not as it was published, and is not shown."
        return _error_page(request, 500, detail=detail, reference=_noted(error))
    return _error_page(request, 500, reference=_noted(error))


def _noted(error: Exception) -> str:
    """Write an error to the log under a reference."""
    reference = secrets.token_hex(4)
    print(f"imsct dashboard, reference {reference}:", file=sys.stderr)
    traceback.print_exception(error)
    return reference
