"""Asking a server how it is: fast, and with the standard library alone."""

from __future__ import annotations

import http.client
import json

import click

from mockrouter.cli.group import WRONG
from mockrouter.cli.remote import FIRST_ANSWER, connection, reason

_OK = 200


@click.command()
@click.argument("url", required=False, envvar="MOCKROUTER_URL")
@click.option("--port", type=int, default=4099, envvar="MOCKROUTER_PORT", hidden=True)
def command(url: str | None, port: int) -> None:
    """
    Ask a running server whether it is well.

    URL is the server's address, else MOCKROUTER_URL, else http://127.0.0.1:4099. Exits with 0 if
    the server answers, with 1 if not: made for Docker's HEALTHCHECK and for waiting in scripts.
    """
    address = url or f"http://127.0.0.1:{port}"
    try:
        found = _ask(address)
    except (OSError, http.client.HTTPException, ValueError) as error:
        click.echo(f"no mockrouter answers at {address}: {reason(error)}", err=True)
        raise SystemExit(WRONG) from None
    click.echo(f"mockrouter {found['version']} at {address}: {found['status']}")


def _ask(address: str) -> dict[str, str]:
    """
    Get the server's health.

    Raises:
        OSError: It cannot be reached.

        HTTPException: It does not speak HTTP.

        ValueError: The address is none, or another kind of server answers there.
    """
    server = connection(address, FIRST_ANSWER)
    try:
        server.request("GET", "/_mockrouter/health")
        response = server.getresponse()
        body = response.read()
    finally:
        server.close()
    if response.status != _OK:
        message = f"it answers with status {response.status}"
        raise ValueError(message)
    try:
        found = json.loads(body)
        return {"version": found["version"], "status": found["status"]}
    except (ValueError, KeyError, TypeError):
        message = "another kind of server answers there"
        raise ValueError(message) from None
