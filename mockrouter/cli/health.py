"""Asking a server how it is: fast, and with the standard library alone."""

from __future__ import annotations

import http.client
import json

import click

from mockrouter.cli.group import WRONG
from mockrouter.cli.remote import FIRST_ANSWER, connection, reason

_OK, _AWAY = 200, 503


@click.command()
@click.argument("url", required=False, envvar="MOCKROUTER_URL")
@click.option("--port", type=int, default=4099, envvar="MOCKROUTER_PORT", hidden=True)
@click.option(
    "--ready",
    is_flag=True,
    help="Ask whether it can answer requests: not without a required state.",
)
def command(url: str | None, port: int, *, ready: bool) -> None:
    """
    Ask a running server whether it is well.

    URL is the server's address, else MOCKROUTER_URL, else http://127.0.0.1:4099. Exits with 0 if
    the server answers, and with --ready if it can answer requests; with 1 if not. Made for Docker's
    HEALTHCHECK and for waiting in scripts.
    """
    address = url or f"http://127.0.0.1:{port}"
    try:
        status, found = _ask(address, "ready" if ready else "health")
    except (OSError, http.client.HTTPException, ValueError) as error:
        click.echo(f"no mockrouter answers at {address}: {reason(error)}", err=True)
        raise SystemExit(WRONG) from None
    click.echo(f"mockrouter {found['version']} at {address}: {found['status']}")
    if status != _OK:
        raise SystemExit(WRONG)


def _ask(address: str, path: str) -> tuple[int, dict[str, str]]:
    """
    Get how the server is, and the status with which it says so.

    Raises:
        OSError: It cannot be reached.

        HTTPException: It does not speak HTTP.

        ValueError: The address is none, or another kind of server answers there.
    """
    server = connection(address, FIRST_ANSWER)
    try:
        server.request("GET", f"/_mockrouter/{path}")
        response = server.getresponse()
        body = response.read()
    finally:
        server.close()
    if response.status not in {_OK, _AWAY}:
        message = f"it answers with status {response.status}"
        raise ValueError(message)
    try:
        found = json.loads(body)
        return response.status, {"version": found["version"], "status": found["status"]}
    except (ValueError, KeyError, TypeError):
        message = "another kind of server answers there"
        raise ValueError(message) from None
