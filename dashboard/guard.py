"""The guard: what every answer carries, and which requests get none.

Belongs here: headers, the check of the Host header, methods.
Does not belong here: pages and their errors (`dashboard.app`).
"""

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Guard:
    """Refuses other hosts and methods; adds the headers to every answer that has none of its own.

    A page of another site that a browser leads here by a name of its own (DNS rebinding) sends
    that name as Host, and is refused.
    """

    def __init__(self, app: ASGIApp, *, hosts: tuple[str, ...]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        if host not in self.hosts:
            refused = PlainTextResponse("This server does not answer to that name.", 400)
            await refused(scope, receive, with_headers)
        elif scope["method"] not in ("GET", "HEAD"):
            refused = PlainTextResponse("Only reading is possible here.", 405)
            refused.headers["Allow"] = "GET, HEAD"
            await refused(scope, receive, with_headers)
        else:
            await self.app(scope, receive, with_headers)
