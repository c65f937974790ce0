"""Where a scenario is found by its name, and what a test is told where there is none."""

from __future__ import annotations

import pytest

from plugin.suites import Suite

YAML = "turns: [{say: [{text: %s}]}]\n"

PLACES = [
    ("sub/mine.yaml", "mine"),
    ("sub/mine.yaml", "mine.yaml"),
    ("sub/mine.yml", "mine"),
    ("sub/mine.json", "mine.json"),
    ("sub/scenarios/mine.yaml", "mine"),
    ("sub/scenarios/deep/mine.yaml", "deep/mine"),
    ("sub/scenarios/deep/mine.yaml", "scenarios/deep/mine.yaml"),
    ("sub/scenarios/Mine.yaml", "mine"),
    ("shared/mine.yaml", "mine"),
    ("shared/deep/mine.yaml", "deep/mine"),
    ("shared/deep/mine.yaml", "shared/deep/mine.yaml"),
    ("shared/Mine.yaml", "mine"),
    ("sub/folder/mine.yaml", "folder/"),
]


@pytest.mark.parametrize(("file", "name"), PLACES)
def test_places(suite: Suite, file: str, name: str) -> None:
    """A name is looked for beside the test, in `scenarios` there, and in the suite's folders."""
    text = '{"turns": ["Found."]}' if file.endswith(".json") else YAML % "Found."
    suite.write(file, text)
    suite.write("shared/other.yaml", YAML % "Other.")
    suite.ini("mockrouter_paths = shared")
    suite.test(
        f"""
        import pytest

        def test_load(mockrouter):
            mockrouter.load("{name}")
            assert "Found." == ask(mockrouter.base_url)

        @pytest.mark.mockrouter("{name}")
        def test_mark(mockrouter):
            assert "Found." == ask(mockrouter.base_url)
        """,
        "sub/test_it.py",
    )

    suite.run().assert_outcomes(passed=2)


@pytest.mark.parametrize("folder", ["scenarios", "shared"])
def test_a_name_of_its_own(suite: Suite, folder: str) -> None:
    """A file that says its name is found by it, wherever it is."""
    suite.write(f"{folder}/a.yaml", "name: flows/first\n" + YAML % "Found.")
    suite.write("shared/other.yaml", YAML % "Other.")
    suite.ini("mockrouter_paths = shared")
    suite.passes(
        """
        def test_it(mockrouter):
            mockrouter.load("flows/first")
            assert "Found." == ask(mockrouter.base_url)
        """
    )


def test_paths(suite: Suite) -> None:
    """A path leads to a file, or to all files of a folder."""
    suite.write("data/a.yaml", "when: {model: a}\n" + YAML % "A.")
    suite.write("data/b.yaml", "when: {model: b}\n" + YAML % "B.")
    suite.passes(
        """
        from pathlib import Path

        DATA = Path(__file__).parent / "data"

        def test_files(mockrouter):
            mockrouter.load(DATA / "a.yaml", str(DATA / "b.yaml"))
            assert ["A.", "B."] == [ask(mockrouter.base_url, model=model) for model in "ab"]

        def test_folder(mockrouter):
            mockrouter.load(DATA)
            assert ["A.", "B."] == [ask(mockrouter.base_url, model=model) for model in "ab"]
        """,
        passed=2,
    )


def test_the_nearest_wins(suite: Suite) -> None:
    """What lies beside the test comes before the suite's folders, and the catalogue last."""
    suite.write("scenarios/loops/weather.yaml", YAML % "Beside.")
    suite.write("shared/loops/weather.yaml", YAML % "Shared.")
    suite.write("shared/loops/parallel.yaml", YAML % "Shared.")
    suite.ini("mockrouter_paths = shared")
    suite.passes(
        """
        import pytest

        @pytest.mark.parametrize(
            ("name", "said"),
            [("loops/weather", "Beside."), ("loops/parallel", "Shared."), ("loops/no-call", None)],
        )
        def test_it(mockrouter, name, said):
            mockrouter.load(name)
            assert ask(mockrouter.base_url) == said or said is None
        """,
        passed=3,
    )


NEAR = [
    ("ordr", "did you mean order?"),
    ("flows/retrn", "did you mean flows/return?"),
    ("return", "did you mean flows/return?"),
    ("ordr.yaml", "did you mean order?"),
    ("shipp", "did you mean ship?"),
    ("flows", "it is a folder; write 'flows/' for all in it"),
]


@pytest.mark.parametrize(("name", "remedy"), NEAR)
def test_a_typo(suite: Suite, name: str, remedy: str) -> None:
    """Names near the one that was asked for are those of one's own files too."""
    suite.write("order.yaml", YAML % "A.")
    suite.write("scenarios/flows/return.yaml", YAML % "A.")
    suite.write("shared/ship.yaml", YAML % "A.")
    suite.ini("mockrouter_paths = shared")

    suite.fails(
        f"def test_it(mockrouter):\n    mockrouter.load('{name}')",
        f"E*ScenarioNotFound: no scenario is named '{name}' in *, the catalogue; {remedy}",
    )


def test_a_mark_without_a_scenario(suite: Suite) -> None:
    """A name in a mark that leads nowhere is an error of one line at the test's set-up."""
    suite.test(
        """
        import pytest

        @pytest.mark.mockrouter("errors/no-credit")
        def test_it(mockrouter):
            pass
        """
    )
    result = suite.run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "_* ERROR at setup of test_it _*",
            "no scenario is named *; did you mean errors/no-credits *",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*plugin.py*")


def test_a_broken_file(suite: Suite) -> None:
    """A file with mistakes is shown with each, at its line."""
    suite.write("bad.yaml", "turns:\n  - eror: 429\n  - say: 5\n")

    suite.fails(
        "def test_it(mockrouter):\n    mockrouter.load('bad')",
        "E*ScenarioError: *bad.yaml:2:5: unknown key 'eror'; did you mean 'error'?",
        "E*bad.yaml:3:10: *",
    )


def test_a_file_that_changes(suite: Suite) -> None:
    """A file is read once for all tests, and anew when it is another."""
    suite.passes(
        """
        import pytest

        @pytest.mark.parametrize("text", ["First one.", "Second."])
        def test_it(mockrouter, text, request):
            file = request.path.parent / "mine.yaml"
            file.write_text(f"turns: [{{say: [{{text: {text}}}]}}]")
            mockrouter.load("mine")
            assert text == ask(mockrouter.base_url)
        """,
        passed=2,
    )
