"""What is shipped: the wheel, the source archive and the editable install."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

import mockrouter
from environments import python_of_its_own

ROOT = Path(__file__).parent.parent
NAME = f"mockrouter-{mockrouter.__version__}"
SHIPPED = {".py", ".typed", ".json", ".yaml", ".html", ".js", ".css", ".txt"}

SUITE = """
import os
import urllib.error
import urllib.request

import pytest

@pytest.mark.mockrouter("errors/no-credits")
def test_it(mockrouter):
    assert "site-packages" in pytest.importorskip("mockrouter").__file__
    url = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
    with pytest.raises(urllib.error.HTTPError) as found:
        urllib.request.urlopen(url, b'{"model": "m", "messages": [{"role": "user"}]}')
    found.value.close()
    assert 402 == found.value.code
"""


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    build(folder)
    return folder


def build(folder: Path, *options: str) -> None:
    """Run the standard builder over the tree; without options it goes by way of the archive."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), *options]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True)


def wheel_in(folder: Path) -> ZipFile:
    """The one wheel in *folder*."""
    (path,) = folder.glob("*.whl")
    return ZipFile(path)


def files(folder: str) -> dict[str, Path]:
    """What is in a folder of the tree and no leftover of a run, by its path below the folder."""
    top = ROOT / folder
    return {
        path.relative_to(top).as_posix(): path
        for path in top.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_the_packages_and_nothing_else(dist: Path) -> None:
    """Both packages, the catalogue as ``mockrouter/scenarios``, and no test, tool or leftover."""
    info = f"{NAME}.dist-info"
    metadata = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")

    expected = {
        *(f"mockrouter/{name}" for name in files("mockrouter")),
        *(f"pytest_mockrouter/{name}" for name in files("pytest_plugin/pytest_mockrouter")),
        *(f"mockrouter/scenarios/{name}" for name in files("scenarios")),
        *(f"{info}/{name}" for name in metadata),
    }

    with wheel_in(dist) as wheel:
        assert sorted(expected) == sorted(wheel.namelist())


@pytest.mark.parametrize(
    "name",
    [
        "mockrouter/__init__.py",
        "mockrouter/py.typed",
        "mockrouter/scenario.schema.json",
        "pytest_mockrouter/__init__.py",
        "pytest_mockrouter/py.typed",
    ],
)
def test_the_wheel_has(dist: Path, name: str) -> None:
    """What other tools look for is where they look."""
    with wheel_in(dist) as wheel:
        assert name in wheel.namelist()


def test_the_wheel_has_a_catalogue(dist: Path) -> None:
    """The scenarios come along, in their folders and byte for byte."""
    with wheel_in(dist) as wheel:
        shipped = {
            name.removeprefix("mockrouter/scenarios/"): wheel.read(name)
            for name in wheel.namelist()
            if name.startswith("mockrouter/scenarios/")
        }

    assert {name: path.read_bytes() for name, path in files("scenarios").items()} == shipped
    assert any(name.endswith(".yaml") and "/" in name for name in shipped)


def test_only_kinds_of_files_that_are_meant_to_be_shipped(dist: Path) -> None:
    """A file of a new kind in a package is shipped on purpose or not at all."""
    with wheel_in(dist) as wheel:
        kinds = {PurePosixPath(name).suffix for name in wheel.namelist() if "-info/" not in name}

    assert kinds <= SHIPPED


def test_the_archive_and_the_tree_make_the_same_wheel(dist: Path, tmp_path: Path) -> None:
    """A distributor who builds from the source archive ships what we ship."""
    build(tmp_path, "--wheel")

    with wheel_in(dist) as from_archive, wheel_in(tmp_path) as from_tree:
        assert {name: from_tree.read(name) for name in from_tree.namelist()} == {
            name: from_archive.read(name) for name in from_archive.namelist()
        }


@pytest.mark.parametrize(
    "name",
    [
        "Dockerfile",
        "LICENSE",
        "dev.py",
        "docs/examples/vitest/package-lock.json",
        "hatch_build.py",
        "pyproject.toml",
        "requirements/dev.txt",
        "requirements/examples.txt",
        "tests/conftest.py",
        "tests/node/package-lock.json",
        "tests/test_packaging.py",
    ],
)
def test_the_archive_can_be_tested(dist: Path, name: str) -> None:
    """The source archive holds what ``python3 dev.py test`` needs."""
    with tarfile.open(dist / f"{NAME}.tar.gz") as archive:
        assert f"{NAME}/{name}" in archive.getnames()


@pytest.mark.parametrize(
    "line", tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
)
def test_dependencies_are_lower_bounds(line: str) -> None:
    """Nothing is pinned or capped: the package lives in other people's environments."""
    assert [">="] == [bound.operator for bound in Requirement(line).specifier]


def test_the_fixture_works_from_the_wheel(dist: Path, tmp_path: Path) -> None:
    """Where the wheel is installed, pytest finds the plugin, and the plugin the catalogue."""
    python = python_of_its_own(tmp_path / "environment")
    (wheel,) = dist.glob("*.whl")
    options = ["--quiet", "--no-deps", "--no-index"]
    subprocess.run([python, "-m", "pip", "install", *options, wheel], check=True, cwd=tmp_path)
    (tmp_path / "test_it.py").write_text(SUITE, encoding="utf-8")

    switched_off = [f"-pno:{name}" for name in ("asyncio", "randomly", "cacheprovider")]
    ran = subprocess.run(
        [python, "-m", "pytest", "-W", "error", "--strict-markers", *switched_off],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "1 passed" in ran.stdout, ran.stdout + ran.stderr


def test_an_editable_install_imports_both_packages(tmp_path: Path) -> None:
    """The packages are read where they are, and the catalogue is not copied."""
    python = python_of_its_own(tmp_path / "environment")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run(
        [python, "-m", "pip", "install", *options, "--editable", ROOT], check=True, cwd=tmp_path
    )

    program = "import mockrouter, pytest_mockrouter as p; print(mockrouter.__file__, p.__file__)"
    shown = subprocess.check_output([python, "-c", program], cwd=tmp_path, text=True)

    expected = ["mockrouter/__init__.py", "pytest_plugin/pytest_mockrouter/__init__.py"]
    assert [str(ROOT / name) for name in expected] == shown.split()
    assert [] == list((tmp_path / "environment").rglob("*.yaml"))
