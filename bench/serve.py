"""Run one server for the benchmark: ``python -m bench.serve bench.apps:bare CORE``."""

from __future__ import annotations

import importlib
import os
import sys

from mockrouter.serving.server import HttpServer


def main(target: str, core: int) -> None:
    """Pin to *core*, print the port, serve until SIGTERM."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
    module, _, name = target.partition(":")
    server = HttpServer(getattr(importlib.import_module(module), name)(), http="httptools")
    server.bind()
    print(server.port, flush=True)  # noqa: T201  read by the parent
    server.run()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
