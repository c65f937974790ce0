"""Serving."""

from __future__ import annotations

import os
import re
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from mockrouter.cli.caching import cache
from mockrouter.cli.options import option, redact, time_scale
from mockrouter.cli.options import paths as paths_argument
from mockrouter.scenario.garbage import uncollected

if TYPE_CHECKING:
    from mockrouter.cli.serving import Options


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
@option(
    "--metrics",
    is_flag=True,
    help="Show figures for Prometheus at /metrics; needs the extra 'metrics'.",
)
@option(
    "--otel",
    is_flag=True,
    help="Send a span for each request, as OTEL_* variables say; needs the extra 'otel'.",
)
@redact()
@cache()
@option(
    "--reload/--no-reload",
    default=None,
    help="Serve changed files at once; on where a PATH is given.",
)
@option(
    "--workers",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="NUMBER",
    help="How many processes serve the port, as one server.",
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
@option(
    "--grace",
    type=click.FloatRange(min=0, max=86_400),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="How long open responses may go on once the server is told to end.",
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
    metrics: bool,
    otel: bool,
    redact: tuple[str, ...],
    cache: Path | None,
    reload: bool | None,
    workers: int,
    state: str | None,
    state_required: bool,
    grace: float,
    quiet: bool,
) -> None:
    """
    Serve scenarios to any client, until Ctrl-C.

    PATH is a scenario file or a folder of them; they answer the requests that their 'when' asks
    for. What no scenario answers, which is every request where no PATH is given, is answered by
    'auto': it calls the offered tools, then answers from their results.

    The first line on stdout is always 'mockrouter listening on http://…'; requests are logged on
    stderr. Exits with 1 if a scenario is wrong, with 3 if the port is taken or the state cannot be
    reached.
    """
    if state_required and state is None and workers == 1:
        message = (
            "'--state-required' is for servers that share a state; name it by '--state', or leave "
            "this out"
        )
        raise click.UsageError(message)
    # To look through all installed packages for plugins takes longer than to read a scenario.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    with uncollected():
        from mockrouter.cli.serving import Options  # noqa: PLC0415 - imports the whole server

    reloads = bool(paths) and reload is not False
    options = Options(
        paths=tuple(map(str, paths)),
        host=host,
        port=port,
        seed=seed,
        strict=strict,
        cors=cors,
        clock=clock,
        ids=ids,
        time_scale=time_scale,
        body_limit=body_limit,
        http=http,
        journal_size=journal_size,
        metrics=metrics,
        otel=otel,
        redact=redact,
        cache=None if cache is None else str(cache),
        reload=reloads,
        state=state,
        state_required=state_required,
        grace=grace,
        quiet=quiet,
    )
    if workers > 1:
        from mockrouter.cli.workers import serve_by_workers  # noqa: PLC0415 - few need it

        serve_by_workers(options, workers, port_file)
    else:
        _serve(options, port_file)
    if sys.stderr.isatty():
        # The terminal has written ^C where the shell's prompt goes.
        click.echo(err=True)


def _serve(options: Options, port_file: Path | None) -> None:
    from mockrouter.cli.serving import port_written, watching  # noqa: PLC0415 - as above
    from mockrouter.cli.telemetry import Telemetry  # noqa: PLC0415
    from mockrouter.cli.terminal import tell  # noqa: PLC0415
    from mockrouter.scenario.memory import Memory  # noqa: PLC0415

    memory = Memory()
    engine, paths = options.engine(memory), tuple(map(Path, options.paths))
    sharing = None
    if options.state is not None:
        from mockrouter.cli.sharing import shared  # noqa: PLC0415 - few need it

        sharing = shared(engine, options.state, required=options.state_required)
    told = Telemetry(engine, metrics=options.metrics, otel=options.otel, sharing=sharing)
    server = options.server(engine, sharing, pages=told.pages)
    with told, port_written(server, port_file):
        more = ""
        if not options.quiet:
            from mockrouter.cli.banner import banner  # noqa: PLC0415 - not needed by all

            more = banner(server.url, engine, paths, reloads=options.reload)
        tell(f"mockrouter listening on {server.url}\n{more}")
        with watching(engine, paths, memory) if options.reload else nullcontext():
            server.run(after=sharing.close if sharing else None)
