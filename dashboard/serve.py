"""Serving: the application on the loopback address of this machine.

Belongs here: the socket, the server, the address that is printed.
Does not belong here: pages (`dashboard.app`), the command line (`orchestration`).
"""

import socket
from collections.abc import Callable

import uvicorn

from dashboard.app import build_app
from schemas.errors import StorageError
from warehouse.home import Home

LOOPBACK = "127.0.0.1"


def serve(home: Home, *, port: int, say: Callable[[str], None]) -> None:
    """Serve until interrupted; `say` is told the address once requests are accepted.

    Parameters
    ----------
    home
        Whose snapshots are shown.
    port
        0 takes any that is free.
    say
        Where the address goes.

    Raises
    ------
    StorageError
        If the port is taken.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
        listening.listen(64)
    except OSError as error:
        listening.close()
        raise StorageError(
            f"Port {port} of this machine cannot be used ({error.strerror}). Name another with "
            "--port, or --port 0 for any that is free."
        ) from error
    port = listening.getsockname()[1]
    hosts = tuple(f"{name}:{port}" for name in (LOOPBACK, "localhost"))
    config = uvicorn.Config(
        build_app(home, hosts=hosts),
        log_level="warning",
        access_log=False,  # addresses hold what somebody asked for
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    say(f"http://{LOOPBACK}:{port}/")
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        listening.close()
