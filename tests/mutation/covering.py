"""A pytest plugin that notes which tests run which lines, and how long each takes.

It is told by environment variables, because test processes of pytest-xdist have to know too.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import coverage
import pytest

FOLDER = "MUTATION_FOLDER"
LOOKED_AT = "MUTATION_LOOKED_AT"
_FEW = 20


class Covering:
    """Coverage with the running test as its context, saved for each process."""

    def __init__(self, folder: Path, files: Sequence[str]) -> None:
        self._folder = folder
        self._coverage = coverage.Coverage(str(folder / f"lines-{os.getpid()}"), config_file=False, include=files)
        self._durations: dict[str, float] = defaultdict(float)

    def pytest_sessionstart(self) -> None:
        """Begin before the product is imported by a test."""
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """What runs from here on runs for this test."""
        self._coverage.switch_context(item.nodeid)
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how long the test took; one that does not pass cannot judge anybody."""
        self._durations[report.nodeid] += report.duration if report.passed else float("inf")

    def pytest_sessionfinish(self) -> None:
        """Save what this process has seen."""
        self._coverage.stop()
        self._coverage.save()
        (self._folder / f"durations-{os.getpid()}.json").write_text(json.dumps(self._durations))


def pytest_configure(config: pytest.Config) -> None:
    """Begin where the environment says so, in each process that runs tests."""
    if config.getoption("numprocesses", None):
        return
    config.pluginmanager.register(Covering(Path(os.environ[FOLDER]), os.environ[LOOKED_AT].split(os.pathsep)))


@dataclass(frozen=True, slots=True)
class Covered:
    """What was noted: the tests by file and line, and how long each takes in s."""

    tests: dict[str, dict[int, list[str]]]
    durations: dict[str, float]

    def judges(self, file: str, line: int) -> tuple[list[str], list[str]]:
        """The passing tests that run the line: those of its own room, and the others, quickest first.

        A line that runs while a module is imported, or in a child process, is judged by the tests that run any line
        of the file, and by those that are named after it.
        """
        lines = self.tests.get(file, {})
        named = f"/test_{Path(file).stem}.py::"
        near = {test for tests in lines.values() for test in tests} | {test for test in self.durations if named in test}
        running = lines.get(line) or near
        tests = [test for test in dict.fromkeys(running) if self.durations.get(test, 0) < float("inf")]
        tests.sort(key=lambda test: self.durations.get(test, 0.0))
        rooms = [f"tests/{folder}/" for folder in map(str, Path(file).parents) if folder != "."]
        own = next(filter(None, ([test for test in tests if test.startswith(room)] for room in rooms)), tests[:_FEW])
        return own, [test for test in tests if test not in own]

    def seconds(self, tests: Sequence[str]) -> float:
        """How long these tests take."""
        return sum(self.durations.get(test, 0.0) for test in tests)


def read_covered(folder: Path, root: Path) -> Covered:
    """Everything that the processes of one run have saved."""
    tests: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    durations: dict[str, float] = {}
    for path in sorted(folder.glob("durations-*.json")):
        durations |= json.loads(path.read_text())
    for path in sorted(folder.glob("lines-*")):
        data = coverage.CoverageData(str(path))
        data.read()
        for file in data.measured_files():
            lines = tests[Path(file).relative_to(root).as_posix()]
            for line, contexts in data.contexts_by_lineno(file).items():
                lines[line] += [context for context in contexts if context]
    return Covered(tests, durations)
