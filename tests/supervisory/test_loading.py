"""Programs as files: found, or refused with words for whoever wrote them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from supervisory.setup.loading import files_of, load_program, shipped, told_error
from tests.supervisory.files import problems, program
from utils.errors import ConfigError

EASY = """
    from supervisory import EasyASO
    class One(EasyASO):
        async def on_step(self):
            pass
"""


def test_a_file_is_loaded_by_its_path_and_called_by_its_stem(tmp_path: Path) -> None:
    program(tmp_path, "reset")
    loaded = load_program("reset.py", tmp_path)
    assert (loaded.name, loaded.kind.__name__) == ("reset", "Reset")


def test_a_program_in_the_short_style_is_loaded_too(tmp_path: Path) -> None:
    program(tmp_path, "easy", EASY)
    assert load_program("easy.py", tmp_path).kind.__name__ == "One"


def test_a_file_may_import_what_lies_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "lying_beside_it.py").write_text("AHU = '5:1'\n", encoding="utf-8")
    program(tmp_path, "easy", "    from lying_beside_it import AHU\n" + EASY)
    assert vars(sys.modules[load_program("easy.py", tmp_path).kind.__module__])["AHU"] == "5:1"
    assert sys.path[-1] == str(tmp_path)


def test_one_of_several_is_named_after_a_colon(tmp_path: Path) -> None:
    program(tmp_path, "two", EASY + EASY.replace("One", "Two"))
    assert load_program("two.py:Two", tmp_path).kind.__name__ == "Two"


def test_a_base_class_in_the_same_file_is_no_program_of_its_own(tmp_path: Path) -> None:
    derived = "\n    class Derived(One):\n        pass\n"
    program(tmp_path, "derived", EASY + derived)
    assert load_program("derived.py", tmp_path).kind.__name__ == "Derived"


def test_a_button_is_not_called_as_an_object_that_every_program_has(tmp_path: Path) -> None:
    text = """
        from supervisory import Program
        class One(Program):
            buttons = {"mode": "Active: another one", "again": "Active: once more"}
            def on_step(self, ctx):
                pass
    """
    program(tmp_path, "one", text)
    with pytest.raises(ConfigError) as caught:
        load_program("one.py", tmp_path)
    [told] = problems(caught)
    assert "a button cannot be called 'mode'" in told


def test_every_program_that_ships_can_be_loaded() -> None:
    with_programs = {"duct_static_reset", "load_shed", "supply_air_temperature_reset"}
    assert with_programs <= set(shipped())
    for name in sorted(with_programs):
        assert load_program(name, Path()).name == name


def test_an_error_in_what_a_program_calls_is_told_with_the_line_that_calls_it(tmp_path: Path) -> None:
    program(tmp_path, "easy", EASY + "\n    def parsed(text):\n        import json\n        return json.loads(text)\n")
    kind = load_program("easy.py", tmp_path).kind
    with pytest.raises(ValueError, match="Expecting value") as caught:
        sys.modules[kind.__module__].parsed("nonsense")
    assert told_error(caught.value, files_of(kind)).startswith("line 9 of easy.py: JSONDecodeError: ")


BAD_FILES = {
    "no program": ("x = 1", "has no program in it"),
    "several": (EASY + EASY.replace("One", "Two"), "has several programs, name one: bad.py:One, bad.py:Two"),
    "syntax": ("def broken(:\n", "cannot be imported: line 1: invalid syntax"),
    "import": ("\nimport no_such_module_at_all", "line 2 of bad.py: ModuleNotFoundError"),
    "raises": ("raise SystemExit(3)", "cannot be imported: line 1 of bad.py: SystemExit: 3"),
    "hook": (
        "from supervisory import Program\nclass P(Program):\n    def on_step(self):\n        pass",
        "P: on_step must be a function on_step(self, ctx)",
    ),
    "easy hook": (
        "from supervisory import EasyASO\nclass P(EasyASO):\n    async def on_step(self, ctx):\n        pass",
        "P: on_step must be a function on_step(self)",
    ),
    "no hook": ("from supervisory import Program\nclass P(Program):\n    pass", "has neither on_start nor on_step"),
    "priority": (
        "from supervisory import Program\nclass P(Program):\n    priority = 6\n    def on_step(self, ctx): pass",
        "priority must be 1 to 16 without 6, it is 6",
    ),
    "easy priority": (
        "from supervisory import EasyASO\nclass P(EasyASO):\n    priority = 0\n    async def on_step(self): pass",
        "priority must be 1 to 16 without 6, it is 0",
    ),
    "period": (
        "from supervisory import Program\nclass P(Program):\n    period_s = 0\n    def on_step(self, ctx): pass",
        "period_s must be more than 0",
    ),
    "points": (
        "from supervisory import Program\nclass P(Program):\n    points = {'a': 'b'}\n    def on_step(self, ctx): pass",
        "points must map each role to a Read or a Command",
    ),
}


@pytest.mark.parametrize(("text", "words"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_cannot_run_says_why(tmp_path: Path, text: str, words: str) -> None:
    program(tmp_path, "bad", text)
    with pytest.raises(ConfigError) as raised:
        load_program("bad.py", tmp_path)
    assert words in problems(raised)[0]


def test_a_file_that_is_not_there_and_a_name_that_does_not_ship_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load_program("absent.py", tmp_path)
    with pytest.raises(ConfigError, match="did you mean 'load_shed'"):
        load_program("load_shet", tmp_path)


def test_a_class_that_is_not_in_the_file_is_told_with_the_nearest(tmp_path: Path) -> None:
    program(tmp_path, "easy", EASY)
    with pytest.raises(ConfigError, match="has no program 'Ome', did you mean 'One'"):
        load_program("easy.py:Ome", tmp_path)
