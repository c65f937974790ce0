"""The container image: the Dockerfile is followed step by step, without a container engine."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer

import pytest

import mockrouter
from environments import python_of_its_own

ROOT = Path(__file__).parent.parent


@dataclass
class Image:
    """
    A stage of the Dockerfile, played below a folder that stands for the image's root.

    No container engine is needed: the commands are run as they are written, but for the folder put
    before each absolute path. A new environment plays the image's Python. The index is out of
    reach, so that pip has to find every library among those that the tests use.
    """

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    folder: str = "/"

    def __post_init__(self) -> None:
        """Give the image its Python."""
        python = python_of_its_own(self.root / "usr")
        self.environment = {
            "PATH": f"{python.parent}:/usr/bin:/bin",
            "HOME": "/nonexistent",
            "PIP_CONFIG_FILE": "/dev/null",
            "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it as the option's value: no isolation
        }

    def inside(self, text: str) -> str:
        """*text* with each absolute path in it below the root."""
        return re.sub(r"(?<![^\s\"'=(])/", f"{self.root}/", text)

    def arguments(self, instruction: str) -> list[str]:
        """The command of an instruction in its JSON form."""
        words: list[str] = json.loads(self.settings[instruction])
        return [self.inside(word) for word in words]

    def start(self, command: list[str], **environment: str) -> subprocess.Popen[str]:
        """Run a command as the container would."""
        program = shutil.which(command[0], path=self.environment["PATH"])
        return subprocess.Popen(
            [program or command[0], *command[1:]],
            cwd=self.inside(self.folder),
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            text=True,
        )


def play(dockerfile: str, context: Path, root: Path) -> Image:
    """Follow the instructions; returns the last stage. One that is not known here is an error."""
    stages: dict[str, Image] = {}
    image = None
    for line in re.sub(r"\\\n", " ", dockerfile).splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            assert re.fullmatch(r"python:3\.\d+-slim( AS \w+)?", rest)
            image = stages[rest.partition(" AS ")[2]] = Image(root / f"stage{len(stages)}")
        elif word not in ("", "#"):
            assert image is not None
            follow(image, word, rest, {"": context} | {n: i.root for n, i in stages.items() if n})
    assert image is not None
    return image


def follow(image: Image, word: str, rest: str, sources: dict[str, Path]) -> None:
    """Follow one instruction. *sources* are the folders of earlier stages, ``""`` the context."""
    if word == "RUN":
        run = ["/bin/sh", "-c", image.inside(rest)]
        subprocess.run(run, env=image.environment, cwd=image.inside(image.folder), check=True)
    elif word == "COPY":
        *options, source, target = rest.split()
        stage = "".join(options).removeprefix("--from=")
        shutil.copytree(sources[stage] / source.lstrip("/"), image.inside(target))
    elif word == "ENV":
        name, _, value = rest.partition("=")
        image.environment[name] = value
    elif word == "WORKDIR":
        image.folder = rest
        Path(image.inside(rest)).mkdir()
    elif word == "HEALTHCHECK":
        image.settings[word] = rest.partition("CMD ")[2]
    else:
        assert word in ("CMD", "ENTRYPOINT", "EXPOSE", "USER", "VOLUME")
        image.settings[word] = rest


def build_context(folder: Path) -> Path:
    """What the builder sends, by the names in ``.dockerignore`` that are let through."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    for line in lines:
        path = ROOT / line.removeprefix("!")
        if line.startswith("!") and path.is_dir():
            shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        elif line.startswith("!") and path.exists():
            shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image that the Dockerfile makes of this tree."""
    context = build_context(tmp_path_factory.mktemp("context"))
    return play((ROOT / "Dockerfile").read_text(), context, tmp_path_factory.mktemp("image"))


def test_the_image_has_the_installed_wheel(image: Image) -> None:
    """The image runs the version of the tree, from its own files and not from this checkout."""
    program = "import mockrouter; print(mockrouter.__version__, mockrouter.__file__)"
    with image.start(["python", "-c", program]) as process:
        shown, _ = process.communicate(timeout=60)

    version, place = shown.split()
    assert mockrouter.__version__ == version
    assert Path(place).is_relative_to(image.root)


def test_the_image_is_not_run_by_root(image: Image) -> None:
    """The user is a number, so that Kubernetes can see that it is not root."""
    assert int(image.settings["USER"]) > 0


def test_the_image_serves_without_arguments(image: Image) -> None:
    """``docker run`` with no arguments serves on all addresses, is healthy, and ends cleanly."""
    assert ("4099", "/scenarios") == (image.settings["EXPOSE"], image.settings["VOLUME"])
    command = image.arguments("ENTRYPOINT") + image.arguments("CMD")

    with image.start(command, MOCKROUTER_PORT="0") as server:
        late = Timer(60, server.kill)
        late.start()
        try:
            assert server.stdout is not None
            listening = server.stdout.readline()
            port = re.fullmatch(r"mockrouter listening on http://127\.0\.0\.1:(\d+)\n", listening)
            assert port, listening
            with image.start(image.arguments("HEALTHCHECK"), MOCKROUTER_PORT=port[1]) as check:
                assert check.wait(timeout=30) == 0
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=30) == 0
        finally:
            late.cancel()
            server.kill()
