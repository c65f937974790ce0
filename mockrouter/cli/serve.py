"""Serving."""

from __future__ import annotations

import ipaddress
import re
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from mockrouter.cli.caching import cache
from mockrouter.cli.options import option, redact, time_scale
from mockrouter.cli.options import paths as paths_argument

if TYPE_CHECKING:
    from mockrouter.scenario.cache import Cache


def origin(text: str) -> str:
    """
    Read an origin as browsers write it.

    Raises:
        BadParameter: It is none; no browser would ever send it.
    """
    plain = text.rstrip("/").lower()
    if plain in {"*", "null"} or re.fullmatch(r"[a-z][a-z0-9+.-]*://[^/]+", plain):
        return plain
    host = plain.partition("://")[2] or plain
    remedy = f"write scheme, host and port, such as http://{host.partition('/')[0]}"
    raise click.BadParameter(f"'{text}' is no origin; {remedy}")


@click.command()
@paths_argument()
@option("--host", default="127.0.0.1", show_default=True, help="Name or address to listen on.")
@option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=4099,
    show_default=True,
    help="Port to listen on; 0 takes any that is free.",
)
@option(
    "--port-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the port into this file once it is listened on; the file goes with the server.",
)
@option("--seed", type=int, default=0, show_default=True, help="Chance of all that is made up.")
@option("--strict", is_flag=True, help="Refuse what no scenario answers, and say why none does.")
@option(
    "--cors",
    multiple=True,
    metavar="ORIGIN",
    callback=lambda _context, _option, origins: tuple(map(origin, origins)),
    help="Let web pages of this origin use the API, or * for all; may be repeated.",
)
@option(
    "--clock",
    type=click.Choice(["fixed", "real"]),
    default="fixed",
    show_default=True,
    help="Where 'created' comes from; fixed gives the same bytes each time.",
)
@option(
    "--ids",
    type=click.Choice(["stable", "random"]),
    default="stable",
    show_default=True,
    help="Whether ids are the same each time.",
)
@time_scale()
@option(
    "--body-limit",
    type=click.IntRange(1),
    default=32_000_000,
    show_default=True,
    metavar="BYTES",
    help="Size of the largest request body that is read.",
)
@option(
    "--http",
    type=click.Choice(["auto", "h11", "httptools"]),
    default="auto",
    show_default=True,
    help="Who reads HTTP; auto is the faster, httptools.",
)
@option(
    "--journal-size",
    type=click.IntRange(1),
    default=1_000,
    show_default=True,
    metavar="REQUESTS",
    help="How many requests the journal holds.",
)
@redact()
@cache()
@option(
    "--reload/--no-reload",
    default=None,
    help="Serve changed files at once; on where a PATH is given.",
)
@option(
    "--state",
    metavar="URL",
    help="Share counts, namespaces and the journal with other servers: redis://HOST:PORT/0.",
)
@option(
    "--state-required",
    is_flag=True,
    help="Answer with 503 while the state is away, in place of what is known here.",
)
@option("--quiet", "-q", is_flag=True, help="Print the address alone, and log no requests.")
def command(  # noqa: PLR0913 - one for each option
    paths: tuple[Path, ...],
    *,
    host: str,
    port: int,
    port_file: Path | None,
    seed: int,
    strict: bool,
    cors: tuple[str, ...],
    clock: str,
    ids: str,
    time_scale: float,
    body_limit: int,
    http: Literal["auto", "h11", "httptools"],
    journal_size: int,
    redact: tuple[str, ...],
    cache: Cache | None,
    reload: bool | None,
    state: str | None,
    state_required: bool,
    quiet: bool,
) -> None:
    """
    Serve scenarios to any client, until Ctrl-C.

    PATH is a scenario file or a folder of them; they answer the requests that their 'when' asks
    for. What no scenario answers, which is every request where no PATH is given, is answered by
    'auto': it calls the offered tools, then answers from their results.

    The first line on stdout is always 'mockrouter listening on http://…'; requests are logged on
    stderr. Exits with 1 if a scenario is wrong, with 3 if the port is
    taken or the state cannot be reached.
    """
    from mockrouter.cli.banner import banner  # noqa: PLC0415 - these import the whole server
    from mockrouter.cli.serving import build, over_http, port_written, watching  # noqa: PLC0415
    from mockrouter.cli.terminal import tell  # noqa: PLC0415
    from mockrouter.engine.settings import EPOCH, Settings  # noqa: PLC0415
    from mockrouter.scenario.memory import Memory  # noqa: PLC0415
    from mockrouter.serving.server import HttpServer  # noqa: PLC0415

    settings = Settings(
        seed=seed,
        strict=strict,
        now=(lambda: int(time.time())) if clock == "real" else (lambda: EPOCH),
        random_ids=ids == "random",
        time_scale=time_scale,
        body_limit=body_limit,
        redact=redact,
        loopback_only=is_loopback(host),
    )
    memory = Memory()
    engine = build(paths, settings, journal_size=journal_size, memory=memory, cache=cache)
    sharing = None
    if state is not None:
        from mockrouter.cli.sharing import shared  # noqa: PLC0415 - few need it

        sharing = shared(engine, state, required=state_required)
    app = over_http(engine, cors=cors, log=not quiet, sharing=sharing)
    server = HttpServer(app, host, port, http=http)
    with port_written(server, port_file):
        reloads = bool(paths) and reload is not False
        more = "" if quiet else banner(server.url, engine, paths, reloads=reloads)
        tell(f"mockrouter listening on {server.url}\n{more}")
        with watching(engine, paths, memory) if reloads else nullcontext():
            server.run(sharing.close if sharing else None)
        if sys.stderr.isatty():
            # The terminal has written ^C where the shell's prompt goes.
            click.echo(err=True)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach a server that listens on *host*."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
