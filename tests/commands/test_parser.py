"""Help and complaints of the command line."""

from __future__ import annotations

import shlex
import sys

import pytest

from commands import EXAMPLES, VERBS, line
from commands.parser import CommandParser
from commands.verbs import bacnet
from utils.home import HOME

EVERY_EXAMPLE = [
    *EXAMPLES,
    *(example for verb in VERBS.values() for example in verb.load().EXAMPLES),
    *(f"bacnet {verb} {arguments}" for verb, arguments in bacnet._ARGUMENTS.items()),
]


def told(capsys: pytest.CaptureFixture[str], command: str) -> tuple[int, str]:
    """How a command that argparse answers ends, and what it says."""
    with pytest.raises(SystemExit) as ended:
        line.main(shlex.split(command))
    captured = capsys.readouterr()
    return int(ended.value.code or 0), captured.out + captured.err


@pytest.mark.parametrize("example", [one for one in EVERY_EXAMPLE if not one.startswith("help")])
def test_every_example_of_the_help_can_be_typed(example: str) -> None:
    given = shlex.split(example)
    assert callable(line.parser(given).parse_args(given).command)


@pytest.mark.parametrize("example", [one for one in EVERY_EXAMPLE if one.startswith("help")])
def test_every_help_of_an_example_is_one(capsys: pytest.CaptureFixture[str], example: str) -> None:
    code, output = told(capsys, example)
    assert code == 0
    assert output.startswith(f"usage: main.py {example.removeprefix('help ')}")


@pytest.mark.parametrize("verb", VERBS)
def test_every_help_ends_with_examples_and_says_what_every_option_does(
    capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    code, output = told(capsys, f"help {verb}")
    assert code == 0
    assert "\nexamples:\n  python main.py" in output
    own = CommandParser()
    VERBS[verb].load().add_arguments(own)
    options = [action for action in own._actions if action.option_strings]
    assert [action.dest for action in options if not action.help] == []


@pytest.mark.parametrize("command", ["help check", "-h check", "check -h", "help check --help"])
def test_help_of_a_verb_may_be_asked_for_in_any_order(capsys: pytest.CaptureFixture[str], command: str) -> None:
    code, output = told(capsys, command)
    assert code == 0
    assert output.startswith("usage: main.py check")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("--help", "settings file (default: .env, beside main.py)"),
        ("demo --help", "(default: summer-morning)"),
        ("emulate --help", "(default: 8443)"),
        ("bacnet read --help", "(default: 4)"),
    ],
)
def test_help_tells_defaults(capsys: pytest.CaptureFixture[str], command: str, words: str) -> None:
    assert words in " ".join(told(capsys, command)[1].split())


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("chek", "there is no verb 'chek', did you mean 'check'? there is init, "),
        ("bacnet red", "there is no verb 'red', did you mean 'read'?"),
        ("demo --scenaro x", "there is no option --scenaro, did you mean '--scenario'?"),
        ("bacnet read 10.0.0.1 AI,1 --intrface x", "there is no option --intrface, did you mean '--interface'?"),
        ("--stps 3", "there is no option --stps, did you mean '--steps'?"),
        ("check foo", "what is 'foo'?"),
        ("emulate --unit-system UK", "argument --unit-system: there is no value 'UK'; there is SI, US"),
    ],
)
def test_a_complaint_names_what_was_probably_meant(
    capsys: pytest.CaptureFixture[str], command: str, words: str
) -> None:
    code, output = told(capsys, command)
    assert code == 2
    assert words in " ".join(output.split())


def test_the_version_is_that_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    code, output = told(capsys, "--version")
    assert code == 0
    version = output.split()[1]
    assert f'version = "{version}"' in (HOME / "pyproject.toml").read_text(encoding="utf-8")


def test_on_a_screen_a_complaint_breaks_between_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    code, output = told(capsys, "chekc")
    assert code == 2
    assert "main.py: error: there is no verb\n'chekc', did you mean 'check'? there is\n" in output
