"""Imports point one way, and no module imports itself round a corner."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "mockrouter"

LAYERS = [
    (
        *("values", "printing", "errors", "wire", "sse", "ids", "request", "reply", "verbatim"),
        *("profiles", "catalogue"),
    ),
    ("generate", "cutting", "patterns", "faults"),
    ("malformations",),
    ("scenario", "auto", "dialects"),
    ("engine",),
    ("entries",),
    ("strategies",),
    ("state",),
    ("serving",),
    ("harness",),
    ("cli", "__main__"),
    ("the package's face",),
]
"""Rooms of the house, from the ground up; a room may look into its own and lower layers."""


def modules() -> dict[str, Path]:
    """Name every module of the package."""
    names = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def imports(path: Path, known: dict[str, Path]) -> set[str]:
    """List the package's own modules that a file imports at its top, for types alone too."""
    tree = ast.parse(path.read_text("utf-8"))
    lazy = {
        n
        for f in ast.walk(tree)
        if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef)
        for n in ast.walk(f)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if node in lazy:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inner if inner & known.keys() else {node.module}
    # The face of the package, which holds the version, is there before all of them.
    return {name for name in found if name in known} - {"mockrouter"}


def room(module: str) -> str:
    """Name the room of a module: what stands behind the package's name."""
    return module.split(".")[1] if "." in module else "the package's face"


def test_every_room_has_a_layer() -> None:
    """A new module at the top level is put into a layer, on purpose."""
    placed = {name for layer in LAYERS for name in layer}

    assert {room(name) for name in modules()} <= placed


def test_imports_point_down() -> None:
    """No module imports from a layer above its own."""
    level = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    known = modules()
    upward = [
        f"{module} imports {other}"
        for module, path in known.items()
        for other in imports(path, known)
        if level[room(other)] > level[room(module)]
    ]

    assert upward == []


def test_no_import_cycles() -> None:
    """The modules can be put into an order in which each imports only earlier ones."""
    known = modules()
    graph = {
        module: {other for other in imports(path, known) if other != module}
        for module, path in known.items()
    }

    TopologicalSorter(graph).prepare()
