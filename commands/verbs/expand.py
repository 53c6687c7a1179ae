"""The command ``expand``: a file in, files and messages out.

Exit codes: 0 expanded, 1 the model was refused or the simulation failed, 2 arguments or a file that cannot be read or
written, 130 stopped with Ctrl+C. Messages go to the error stream; with ``--json`` one document on the output says
everything.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hvac_templates.collecting import uncollected
from hvac_templates.io import files
from hvac_templates.io.reading import read_model
from hvac_templates.judge import schema_table
from hvac_templates.judge.field_checks import NO_CHOICE, OUT_OF_RANGE
from hvac_templates.judge.schema import is_template
from hvac_templates.messages import Message, Model, Result, Severity, warning, with_messages
from utils.errors import BridgeError, ConfigError, Problem

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_SEVERITY_LEVELS: Mapping[Severity, int] = {
    "error": logging.ERROR,
    "warning": logging.WARNING,
    "information": logging.INFO,
}
log = logging.getLogger("hvac_templates")

Expand = Callable[..., Result]


@dataclass(slots=True)
class ExpansionReport:
    """What one command did, for ``--json``."""

    file: str
    expanded: bool = False
    messages: tuple[Message, ...] = ()
    problems: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    simulation: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """The parts by their names."""
        return {
            "file": self.file,
            "expanded": self.expanded,
            "messages": [message.as_dict() for message in self.messages],
            "problems": self.problems,
            "written": self.written,
            "simulation": self.simulation,
        }


EXAMPLES = ("expand model.epJSON", "expand model.epJSON -o expanded --run weather.epw", "expand model.epJSON --check")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser this command's options; each long one in both spellings."""
    parser.add_argument("model", nargs="?", type=Path, metavar="FILE", help="model to expand (.epJSON, or .idf)")
    parser.add_argument("-f", "--file", type=Path, metavar="FILE", help="the same")
    both(parser, "-o", "output_directory", type=Path, metavar="DIR", help="folder for the files (default: the model's)")
    both(parser, "-nb", "no_backup", action="store_true", help="write no _base and no _hvac_templates file")
    both(parser, "", "backup_files", action="store_true", help="write them, which is the default")
    both(parser, "-ns", "no_schema", action="store_true", help="do not check input and output against the schema")
    both(parser, "-l", "logger_level", type=str.upper, choices=LEVELS, default="WARNING", help="what to show")
    both(parser, "-wl", "write_logs", action="store_true", help="write messages to <name>_expanded.log, too")
    version = f"HVACTemplate expansion for EnergyPlus {schema_table.VERSION}"
    parser.add_argument("-v", "--version", action="version", version=version, help="say the version")
    parser.add_argument("--check", action="store_true", help="only say what is wrong with the model; write nothing")
    parser.add_argument("--run", type=Path, metavar="WEATHER.epw", help="simulate the result in the installed engine")
    parser.add_argument("--json", action="store_true", help="one JSON document about everything on the output")


def both(parser: argparse.ArgumentParser, short: str, name: str, **about: Any) -> None:  # noqa: ANN401 - argparse's own
    """An option spelled with underscores and with dashes."""
    spellings = dict.fromkeys((f"--{name}", f"--{name.replace('_', '-')}"))
    parser.add_argument(*([short] if short else []), *spellings, dest=name, **about)


def run(options: argparse.Namespace, console: None = None, expand: Expand | None = None) -> int:
    """Do what the options ask and return the exit code. ``expand`` takes the place of the expansion, in tests."""
    report = ExpansionReport("")
    try:
        with uncollected():
            code = _run(options, expand or _expansion(), report)
    except ConfigError as error:
        report.problems += [str(problem) for problem in error.problems]
        code = error.exit_code
    except BridgeError as error:
        report.problems.append(str(error))
        code = error.exit_code
    except KeyboardInterrupt:
        report.problems.append("stopped with Ctrl+C")
        code = 130
    if options.json:
        sys.stdout.write(json.dumps(report.as_dict(), indent=1) + "\n")
    else:
        sys.stderr.write("".join(f"{problem}\n" for problem in report.problems))
    return code


def _run(options: argparse.Namespace, expand: Expand, report: ExpansionReport) -> int:
    file = _input(options)
    report.file = str(file)
    outputs = files.outputs_of(file, options.output_directory)
    if options.run and not options.check:
        options.run = _weather(options.run)
    with _logging(options, outputs):
        try:
            model = read_model(file)
            result = _expanded(model, options, expand)
        except ConfigError:
            _put_aside(options, outputs, report)
            raise
        report.messages, report.expanded = result.messages, result.model is not None
        for message in result.messages:
            log.log(_SEVERITY_LEVELS[message.severity], "%s", message)
        if result.model is None:
            _put_aside(options, outputs, report)
            return _say(options, f"{file}: not expanded, {len(result.errors)} error(s)", 1)
        if options.check:
            return _say(options, f"{file}: can be expanded", 0)
        return _written(options, outputs, report, model, with_messages(result.model, result.messages))


def _written(
    options: argparse.Namespace, outputs: files.Outputs, report: ExpansionReport, model: Model, expanded: Model
) -> int:
    contents = {outputs.expanded: expanded}
    if not options.no_backup or options.backup_files:
        base, templates = files.halves(model)
        contents |= {outputs.base: base, outputs.templates: templates}
    files.write_all(contents)
    report.written += [str(file) for file in contents]
    _say(options, "\n".join(report.written), 0)
    return _simulated(options, outputs, report, expanded) if options.run else 0


def _simulated(options: argparse.Namespace, outputs: files.Outputs, report: ExpansionReport, expanded: Model) -> int:
    from hvac_templates.engine import simulate

    ended = simulate(expanded, options.run, outputs.run_folder)
    report.simulation = {
        "completed": ended.completed,
        "severe": len(ended.severes),
        "first_severes": list(ended.severes[:5]),
        "folder": str(ended.folder),
    }
    for text in ended.severes[:5]:
        log.error("EnergyPlus: %s", text)
    how = "completed" if ended.completed else "failed"
    return _say(
        options, f"simulation {how}, {len(ended.severes)} severe error(s): {ended.folder}", ended.exit_code and 1
    )


def _input(options: argparse.Namespace) -> Path:
    given = [file for file in (options.model, options.file) if file is not None]
    if len(given) == 1:
        file: Path = given[0]
        return file
    text = "name one model, once" if given else "name the model to expand: expand FILE.epJSON"
    raise ConfigError([Problem("FILE", text)])


def _expanded(model: Model, options: argparse.Namespace, expand: Expand) -> Result:
    result = expand(model, validate=not options.no_schema)
    notes = []
    if not any(is_template(kind) and objects for kind, objects in model.items()):
        notes.append(warning("", "", "", "the model holds no HVACTemplate objects; there was nothing to expand"))
    if options.no_schema:
        notes.append(warning("", "", "", "input and output were not checked against the schema"))
    elif _is_only_warned_of(result) and expand(model, validate=False).model is not None:
        notes.append(warning("", "", "", _UNCHECKED))
    return Result(result.model, (*result.messages, *notes))


_UNCHECKED = (
    "of some such values ExpandObjects only warns: --no_schema takes all of them, and expands those as it would"
)


def _is_only_warned_of(result: Result) -> bool:
    """Whether a model was refused for nothing but values that are no choice, or out of range."""
    words = (NO_CHOICE, OUT_OF_RANGE)
    return bool(result.errors) and all(any(word in one.text for word in words) for one in result.errors)


def _weather(named: Path) -> Path:
    """Before anything is written: is there an engine, and the weather?"""
    from hvac_templates.engine import EngineMissing, engine_library, weather_file

    try:
        engine_library()
        return weather_file(named)
    except EngineMissing as missing:
        raise ConfigError([Problem("--run", str(missing))]) from missing


def _put_aside(options: argparse.Namespace, outputs: files.Outputs, report: ExpansionReport) -> None:
    if options.check:
        return
    if aside := files.put_aside(outputs.expanded):
        report.problems.append(f"{outputs.expanded.name} of an earlier run is now {aside.name}")


def _say(options: argparse.Namespace, text: str, code: int) -> int:
    if not options.json:
        stream = sys.stderr if code else sys.stdout
        code_page = stream.encoding or "utf-8"
        stream.write(f"{text}\n".encode(code_page, "backslashreplace").decode(code_page))
    return code


def _expansion() -> Expand:
    from hvac_templates.expand import expand

    return expand


@contextmanager
def _logging(options: argparse.Namespace, outputs: files.Outputs) -> Iterator[None]:
    """Messages on the error stream and, where asked for, in a file; only while this command runs."""
    handlers: list[logging.Handler] = [logging.NullHandler() if options.json else logging.StreamHandler(sys.stderr)]
    if options.write_logs and not options.check:
        handlers.append(_log_file(outputs.log))
    for handler in handlers:
        handler.setLevel(options.logger_level)
        log.addHandler(handler)
    before = log.level, log.propagate
    log.setLevel(options.logger_level)
    log.propagate = False
    try:
        yield
    finally:
        log.setLevel(before[0])
        log.propagate = before[1]
        for handler in handlers:
            log.removeHandler(handler)
            handler.close()


def _log_file(file: Path) -> logging.Handler:
    try:
        handler = logging.FileHandler(file, mode="w", encoding="utf-8")
    except OSError as error:
        what = f"it cannot be written: {error.strerror}; name another folder with -o"
        raise ConfigError([Problem(str(file), what)]) from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    return handler
