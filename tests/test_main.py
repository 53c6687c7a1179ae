"""The command line as a user meets it: exit codes, and what is printed.

What is about signals, other processes or the start itself runs as a child process; the rest is called in this one,
as most of a child's time is spent importing.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

import main
from clients.boptest_client import BOPTestClient
from commands import BRIDGE, WITH_VALUE
from commands.verbs import run as run_verb
from emulators.boptest.faults import AnswerWith, HoldCall
from emulators.ecy.faults.calls import DropConnection, Hold
from emulators.ecy.faults.storage import FailWrites
from emulators.process import emulator_process
from tests import bench
from tests.bridge.looking import assert_as_it_was, assert_untouched
from tests.bridge.rig import AHU_POINTS, PASSWORD, Rig, rig
from tests.command_line import (
    MAIN,
    ROOT,
    Call,
    configured,
    environment,
    press_until_it_ends,
    run,
    running,
    start,
    variables,
)
from tests.waiting import DEADLINE_S
from utils.state_folder import StateFolder

POSIX_ONLY = pytest.mark.skipif(os.name != "posix", reason="signals are sent the POSIX way")


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield running


class TestDemo:
    """One is paced and on a server of the old kind, the other as fast as possible on a new one."""

    @pytest.mark.slow
    def test_it_runs_and_gives_everything_back(self) -> None:
        winter = ("--scenario", "winter-morning", "--units", "US")
        code, output = run("demo", "--steps", "4", "--time-scale", "20", "--legacy", *winter, BOP_WARMUP_PERIOD="0")
        assert code == 0
        assert "Tue 10 Jan 05:30" in output
        assert "Not used: BOP_WARMUP_PERIOD" in output
        assert "REAL OUTPUTS" not in output
        assert "4 steps, 20.0 s simulated" in output
        assert re.search(r"^ *53 released$", output, re.MULTILINE)
        assert re.search(r"^ *8 restored$", output, re.MULTILINE)
        assert "NOT released" not in output

    @POSIX_ONLY
    @pytest.mark.slow
    def test_ctrl_c_ends_it_gracefully_and_takes_the_emulators_along(self) -> None:
        with start("demo") as process:
            assert process.stdout is not None
            for line in process.stdout:
                if "controllers online" in line:
                    process.send_signal(signal.SIGINT)
                    break
            output = process.stdout.read()
        assert process.returncode == 0
        assert "53 released" in output


class TestStopping:
    @POSIX_ONLY
    def test_a_signal_in_the_middle_of_an_advance_gives_everything_back(self, both: Rig) -> None:
        hold = both.building.faults.add(HoldCall(), "advance")
        with start(*running(both), **variables(both)) as process:
            assert hold.reached.wait(DEADLINE_S)
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 0
        assert "4 released" in output
        assert_as_it_was(both)

    @POSIX_ONLY
    def test_a_stop_while_the_server_is_waited_for_says_that_nothing_was_written(self, both: Rig) -> None:
        nowhere = variables(both, BOP_SERVER_URL="http://127.0.0.1:9", BOP_CONNECT_TIMEOUT="600")
        with start(*running(both), **nowhere) as process:
            assert process.stdout is not None
            assert any("trying for" in line for line in process.stdout)
            process.send_signal(signal.SIGINT)
            assert "ended before it began; nothing was written to any controller\n" in process.stdout.read()
        assert process.returncode == 0

    @POSIX_ONLY
    def test_a_second_ctrl_c_ends_at_once_and_says_what_that_means(self, both: Rig) -> None:
        stuck = Hold()
        hold = both.building.faults.add(HoldCall(), "advance")
        with start(*running(both), **variables(both)) as process:
            assert hold.reached.wait(DEADLINE_S)
            both.controllers.controller("AHU").faults.add(stuck)
            process.send_signal(signal.SIGINT)
            assert stuck.holding.wait(DEADLINE_S)
            press_until_it_ends(process)
            output, _ = process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 130
        assert "NOT been given back" in output

    def test_what_cannot_be_released_is_named_and_makes_the_exit_code_1(self, both: Rig) -> None:
        hold = both.building.faults.add(HoldCall(), "advance")
        with start(*running(both), "--steps", "1", **variables(both)) as process:
            assert hold.reached.wait(DEADLINE_S)
            both.controllers.controller("VAV").faults.add(FailWrites({"SpaceTemp"}))
            hold.release.set()
            output, _ = process.communicate(timeout=30)
        assert process.returncode == 1
        assert re.search(r"AnalogInput 1 SpaceTemp out-of-service: NOT released \(.*denied.*\)", output, re.IGNORECASE)
        assert_as_it_was(both, "AHU")


class TestMonitoring:
    def test_it_is_told_of_a_run_and_of_its_end(self, both: Rig) -> None:
        file = both.folder / "bench.prom"
        hold = both.building.faults.add(HoldCall(), "advance")
        with start(*running(both), "--steps", "1", **variables(both, STATUS_FILE=str(file))) as process:
            assert hold.reached.wait(DEADLINE_S)
            assert "\nbench_up 1.0\n" in file.read_text(encoding="utf-8")
            hold.release.set()
            process.communicate(timeout=30)
        told = file.read_text(encoding="utf-8")
        assert "\nbench_up 0.0\n" in told
        assert '\nbench_phase{phase="ended"} 1.0\n' in told
        assert '\nbench_taken{what="inputs forced"} 0.0\n' in told
        assert 'bench_info{kind="bridge",version="' in told


class TestTestsOfDeadProcesses:
    """On a BOPTEST service; nothing of them is in a controller."""

    def left(self, subject: Rig) -> Path:
        tests = StateFolder(subject.folder / "state").tests
        client = BOPTestClient(subject.building.url, test_ids=tests)
        client.connect()
        client.close()
        [note] = (subject.folder / "state" / "tests").glob("*.json")
        tests.abandon(subject.building.url, note.stem)
        return note

    def test_release_stops_them(self, call: Call, both: Rig) -> None:
        note = self.left(both)
        code, output = call("release", "--env", "absent", **variables(both))
        assert (code, note.exists()) == (0, False)
        assert "nothing to release" in output

    def test_release_needs_no_settings_of_the_simulation_for_that(self, call: Call, both: Rig) -> None:
        note = self.left(both)
        folder = {"BRIDGE_STATE_DIR": str(both.folder / "state"), "LOG_FILE": str(both.folder / "app.log")}
        code, _ = call("release", "--env", "absent", **folder)
        assert (code, note.exists()) == (0, False)

    def test_what_cannot_be_stopped_is_named_and_makes_the_exit_code_1(self, call: Call, both: Rig) -> None:
        note = self.left(both)
        both.building.faults.add(AnswerWith(500, "the queue is away", "text/plain"), "stop")
        code, output = call("release", "--env", "absent", **variables(both))
        assert (code, note.exists()) == (1, True)
        assert re.search(r"a test that a process left is NOT stopped: PUT /stop/.*the queue is away", output)
        both.building.faults.add(AnswerWith(500, "the queue is away", "text/plain"), "stop")
        code, output = call("release", "--env", "absent", "--json", **variables(both))
        document, _ = json.JSONDecoder().raw_decode(output)  # the log is behind it
        assert (code, document["exit_code"], document["receipts"]) == (1, 1, [])
        assert "the queue is away" in document["tests_not_stopped"][0]
        assert call("release", "--env", "absent", **variables(both))[0] == 0


class TestOutputs:
    def test_terminals_that_may_be_wired_are_warned_about_once_on_the_console_and_in_the_log(
        self, call: Call, both: Rig
    ) -> None:
        _, output = call(*running(both), "--steps", "1", **variables(both))
        [line] = [line for line in output.splitlines() if "REAL OUTPUTS" in line]
        assert "the terminals of AHU, VAV will follow a simulated building" in line
        assert (both.folder / "app.log").read_text(encoding="utf-8").count("REAL OUTPUTS") == 1

    def test_a_shadow_run_overrides_nothing_and_says_so(self, call: Call, both: Rig) -> None:
        code, output = call(*running(both), "--steps", "2", "--shadow", **variables(both, ECY_BENCH="isolated"))
        assert code == 0
        assert "shadow run: nothing is overridden" in output
        assert "REAL OUTPUTS" not in output
        assert_as_it_was(both)


class TestTheSeed:
    """The seed's own settings and its AHU.json; only what stands for the user's own is put in, as its user has to."""

    @pytest.mark.parametrize("family", [["--legacy"], []], ids=["legacy", "service"])
    def test_its_files_run_unmodified(self, call: Call, tmp_path: Path, family: list[str]) -> None:
        ahu = json.loads((ROOT / "tests" / "equipment" / "data" / "AHU.json").read_text(encoding="utf-8"))
        configs = bench.write_configs(tmp_path, ahu)
        emulate = [
            *MAIN,
            "emulate",
            "--until-stdin-closes",
            "--boptest-port",
            "0",
            "--ecy-port",
            "0",
            "--password",
            "bench",
            *family,
        ]
        with emulator_process([*emulate, "--configs", str(configs), "--unit-system", "US"], 2) as lines:
            server, controller = (line.split()[-1].partition("://")[2] for line in lines)
            bench.write_configs(tmp_path, {**ahu, "device_ip": controller})
            host, _, port = server.partition(":")
            env = (ROOT / ".env.example").read_text(encoding="utf-8")
            env = env.replace("XXX.XXX.XXX.XXX", host).replace("'5000'", f"'{port}'")
            env = env.replace("{USERNAME}", "bench").replace("{PASSWORD}", "bench")
            (tmp_path / ".env").write_text(env, encoding="utf-8")
            code, output = call(
                *("--configs", str(configs), "--env", str(tmp_path / ".env"), "--steps", "2", "--yes"),
                ECY_COUPLE_TIME="0",
                BRIDGE_STATE_DIR=str(tmp_path / "state"),
                LOG_FILE=str(tmp_path / "app.log"),
            )
        assert code == 0, output
        assert "2 steps, 2.0 s simulated" in output


class TestFirstContact:
    """A program that writes to equipment asks before it does so for the first time."""

    def test_where_nobody_can_be_asked_nothing_is_done(self, call: Call, both: Rig) -> None:
        code, output = call(*configured(both), "--steps", "1", **variables(both))
        assert code == 2
        assert "first contact: nobody has agreed yet to drive" in output
        assert all(address in output for address in both.controllers.addresses.values())
        assert "start once at a terminal, or with --yes" in output
        assert_untouched(both)
        assert [both.controllers.controller(name).counters.basic_sign_ins for name in ("AHU", "VAV")] == [0, 0]

    def test_who_has_met_them_is_not_asked(self, call: Call, both: Rig) -> None:
        assert call(*running(both), "--steps", "1", **variables(both))[0] == 0
        assert call(*configured(both), "--steps", "1", **variables(both))[0] == 0


class TestProblems:
    @pytest.mark.parametrize("verb", [[], ["check"]])
    def test_a_fresh_clone_says_in_two_lines_what_to_fill_in(self, call: Call, tmp_path: Path, verb: list[str]) -> None:
        code, output = call(*verb, "--env", str(tmp_path / "absent.env"))
        assert (code, len(output.splitlines())) == (2, 3)
        assert "init writes one" in output
        assert 'remove the line "enabled": false from AHU.json (line 4)' in output

    @pytest.mark.parametrize("verb", [[], ["check"], ["points"]])
    def test_the_placeholders_of_the_example_are_named(self, call: Call, verb: list[str]) -> None:
        code, output = call(*verb, "--env", str(ROOT / ".env.example"))
        assert code == 2
        told = re.findall(r"\.env\.example: (\w+): still has the placeholder", output)
        assert sorted(told) == ["BOP_SERVER_IP", "ECY2_LOGIN_PWORD", "ECY2_LOGIN_USERNAME"]

    def test_a_setting_and_a_config_that_are_wrong_are_told_together(self, call: Call, both: Rig) -> None:
        arguments = configured(both)
        file = both.folder / "configs" / "AHU.json"
        file.write_text(file.read_text(encoding="utf-8").replace("SpaceTemp", ""), encoding="utf-8")
        file.write_text(file.read_text(encoding="utf-8").replace('"device_ip"', '"device_op"'), encoding="utf-8")
        wrong = {"BOP_TIMESCALE": "10", "LOG_FILE": str(both.folder), "STEP_LOG": str(both.folder / "absent" / "s.csv")}
        code, output = call(*arguments, **variables(both, **wrong))
        assert code == 2
        assert re.search(r"environment: BOP_TIMESCALE: is not a setting; did you mean BOP_TIME_SCALE\?", output)
        assert re.search(r"environment: LOG_FILE: .* is a folder; name a file in it", output)
        assert re.search(r"environment: STEP_LOG: .*s\.csv cannot be written: there is no folder .*absent", output)
        assert "AHU.json: device_op: is not a known key, did you mean 'device_ip'?" in output
        assert len(output.splitlines()) == 5
        assert_untouched(both)

    def test_a_config_that_cannot_work_is_explained_before_anything_is_contacted(
        self, call: Call, tmp_path: Path
    ) -> None:
        bad = {**bench.equipment("AHU", "10.0.0.1", AHU_POINTS), "equipment_nam": "x"}
        folder = bench.write_configs(tmp_path, bad)
        code, output = call("--configs", str(folder), **{**bench.VARIABLES, "BRIDGE_STATE_DIR": str(tmp_path)})
        assert code == 2
        assert "AHU.json" in output
        assert "equipment_nam" in output

    def test_a_wrong_password_is_one_clear_line_and_nowhere_to_be_seen(self, call: Call, both: Rig) -> None:
        code, output = call(*running(both), **variables(both, ECY2_LOGIN_PWORD="sesame-42"))
        assert code == 2  # a service does not try it again: that could lock the account
        assert "wrong user name or password (ECY2_LOGIN_USERNAME, ECY2_LOGIN_PWORD)" in output
        log = (both.folder / "app.log").read_text(encoding="utf-8")
        assert re.search("ended by: .*user name or password", log)
        assert output.count("wrong user name or password") == 1
        assert not any(secret in text for text in (output, log) for secret in ("sesame-42", PASSWORD))
        assert_untouched(both)

    def test_a_server_that_is_no_boptest_is_one_clear_line(self, call: Call, both: Rig) -> None:
        address = both.controllers.plain_addresses or both.controllers.addresses
        code, output = call(*running(both), **variables(both, BOP_SERVER_URL=f"https://{address['AHU']}"))
        assert code == 1
        assert "problem(s)" not in output

    def test_a_device_that_is_no_ecy_is_one_clear_line(self, call: Call, both: Rig) -> None:
        folder = bench.write_configs(
            both.folder, bench.equipment("AHU", both.building.url.partition("://")[2], AHU_POINTS)
        )
        code, output = call("--configs", str(folder), **variables(both))
        assert code == 1
        assert both.building.url.partition("://")[2] in output

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["demo", "--steps", "0"], "--steps: '0' is not a whole number from 1 on"),
            (["demo", "--time-scale", "-1"], "'-1' is not a number from 0 on"),
            (["emulate", "--step", "0"], "--step: '0' is not a number above 0"),
            (["emulate", "--ecy-port", "70000"], "--ecy-port: '70000' is not a port from 0 to 65535"),
            (["demo", "--start", "10 January"], "'10 January' is not a time; write it like '2023-01-10 05:30'"),
            (["demo", "--start", "2024-02-29 05:30"], "29 February does not exist"),
            (["demo", "--start", "2023-01-10 05:30", "--period", "mix_day"], "not allowed with argument"),
            (["demo", "--scenario", "july"], "there is no name 'july'; there is summer-morning, winter-morning"),
            (["demo", "--bacnet", "-1"], "--bacnet: '-1' is not a port"),
            (["nonsense"], "there is no verb 'nonsense'; there is init, "),
            (["--steps", "3", "check"], "the verb comes first: python main.py check --steps 3"),
        ],
    )
    def test_a_wrong_command_line_is_explained(self, call: Call, arguments: list[str], words: str) -> None:
        code, output = call(*arguments)
        assert code == 2
        assert "usage:" in output
        assert words in output

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--no-boptest", "--no-ecy"], "--no-boptest --no-ecy: leave nothing to emulate"),
            (["--ecy-port", "65534"], "--ecy-port: 8 controllers from port 65534 on end behind 65535"),
            (["--bacnet", "65535"], "--bacnet: 8 controllers from port 65535 on end behind 65535"),
        ],
    )
    def test_what_cannot_be_emulated_is_refused(self, call: Call, arguments: list[str], words: str) -> None:
        code, output = call("emulate", *arguments)
        assert code == 2
        assert words in output

    def test_a_value_may_be_spelled_like_a_verb(self, call: Call) -> None:
        for arguments in (["--configs", "demo"], ["--configs=demo"], ["--env", "check", "--conf", "demo"]):
            code, output = call(*arguments)
            assert code == 2
            assert "demo: is not a folder" in output

    def test_every_option_of_the_bridge_that_takes_a_value_is_known(self) -> None:
        own = argparse.ArgumentParser(add_help=False)
        BRIDGE.load().add_arguments(own)
        taking = [action.option_strings[0] for action in own._actions if action.nargs is None]
        assert sorted(taking) == sorted(WITH_VALUE)

    @pytest.mark.parametrize(
        ("terminals", "asks"),
        [(("stdin", "stdout"), True), (("stdin", "stderr"), True), (("stdout", "stderr"), False), (("stdin",), False)],
    )
    def test_whoever_sits_at_a_terminal_is_asked_wherever_the_output_goes(
        self, monkeypatch: pytest.MonkeyPatch, terminals: tuple[str, ...], asks: bool
    ) -> None:
        monkeypatch.setattr(sys, "stdin", Stdin("stdin" in terminals))
        monkeypatch.setattr(run_verb, "Console", lambda **_: Console(force_terminal="stderr" in terminals))
        assert (run_verb.question_at(Console(force_terminal="stdout" in terminals)) is not None) is asks


class Stdin(StringIO):
    """Somebody who types, or nobody."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


class TestOtherVerbs:
    def test_units_lists_what_configs_may_use(self, call: Call) -> None:
        code, output = call("units", "--all")
        assert code == 0
        assert {"degC", "pascal", "cfm", "inH2O"} <= set(output.split())

    def test_units_says_what_to_write_for_one(self, call: Call) -> None:
        code, output = call("units", "cfm")
        assert code == 0
        assert output.startswith("volume flow\n")
        assert "cubic-feet-per-minute" in output
        assert "1 ft**3/min = 0.000471947 m**3/s" in output
        assert "kelvin" not in call("units", "degF")[1]  # 1 degF is no number of kelvin
        code, output = call("units")
        assert code == 0
        assert output.index("temperature") < output.index("pressure") < output.index("other")
        assert call("units", "nonsense")[0] == 2

    def test_check_shows_both_sides_and_writes_nothing(self, call: Call, both: Rig) -> None:
        code, output = call("check", "--yes", *configured(both), **variables(both))
        assert code == 0
        row = next(line for line in output.splitlines() if "DischAirTemp" in line)
        assert "hvac_reaAhu_TSup_y" in row
        assert "-40" in row
        assert_untouched(both)

    @pytest.mark.parametrize("verb", ["check", "points"])
    def test_looking_leaves_nothing_on_this_computer(self, call: Call, both: Rig, verb: str) -> None:
        kept = {"BRIDGE_STATE_DIR": str(both.folder / "deep" / "state"), "LOG_FILE": str(both.folder / "app.log")}
        arguments = configured(both)
        before = sorted(both.folder.rglob("*"))
        assert call(verb, "--yes", *arguments, **{**variables(both), **kept})[0] == 0
        assert sorted(both.folder.rglob("*")) == before

    def test_a_wrong_key_does_not_hide_the_names_that_a_peer_does_not_have(self, call: Call, both: Rig) -> None:
        arguments = configured(both)
        file = both.folder / "configs" / "AHU.json"
        text = file.read_text(encoding="utf-8").replace('"threshold"', '"treshold"').replace("FanSpeed", "FanSped")
        file.write_text(text.replace("TSup_y", "TSupp_y"), encoding="utf-8")
        code, output = call("check", "--yes", *arguments, **variables(both))
        assert code == 2
        assert "AHU.json: points[2].treshold: is not a known key, did you mean 'threshold'?" in output
        assert "has no AnalogOutput of this name; did you mean FanSpeed?" in output
        assert "the test case has no point hvac_reaAhu_TSupp_y; did you mean hvac_reaAhu_TSup_y?" in output

    @pytest.mark.parametrize("verb", ["check", "points"])
    def test_looking_at_a_new_controller_needs_a_yes_before_the_account_is_shown(
        self, call: Call, both: Rig, verb: str
    ) -> None:
        state = {**variables(both), "BRIDGE_STATE_DIR": str(both.folder / f"new to {verb}")}
        arguments = configured(both)
        signed_in = [both.controllers.controller(name).counters.basic_sign_ins for name in ("AHU", "VAV")]
        code, output = call(verb, *arguments, **state)
        assert code == 1
        assert "there is no record of its certificate (SHA-256 " in " ".join(output.split())
        assert signed_in == [both.controllers.controller(name).counters.basic_sign_ins for name in ("AHU", "VAV")]
        assert call(verb, "--yes", *arguments, **state)[0] == 0
        assert not list((both.folder / f"new to {verb}").glob("certificate-pins*.json"))

    def test_emulate_prints_a_line_per_server(self) -> None:
        emulate = [*MAIN, "emulate", "--until-stdin-closes", "--boptest-port", "0", "--ecy-port", "0"]
        with emulator_process(emulate, 9) as lines:
            assert re.fullmatch(r"BOPTEST http://127\.0\.0\.1:\d+", lines[0])
            assert re.fullmatch(r"ECY AHU https://127\.0\.0\.1:\d+", lines[1])
            assert len({line.split()[-1] for line in lines}) == 9

    def test_emulate_on_a_taken_port_says_so(self, call: Call, both: Rig) -> None:
        code, output = call("emulate", "--boptest-port", str(both.building.port), "--no-ecy")
        assert code == 1
        assert f"port {both.building.port} of 127.0.0.1" in output
        assert "in use" in output
        assert "choose other ports" in output

    def test_check_for_scripts_is_one_document_whose_exit_code_is_the_programs(self, both: Rig) -> None:
        both.controllers.controller("AHU").objects.command("OutdoorAirTemp", 21.5, 14)
        done = subprocess.run(  # noqa: S603
            [*MAIN, "check", "--json", "--yes", *configured(both)],
            capture_output=True,
            encoding="utf-8",
            env=environment(**variables(both)),
            check=False,
            timeout=DEADLINE_S,
        )
        document = json.loads(done.stdout)
        assert done.returncode == document["exit_code"] == 2
        assert [f["topic"] for f in document["findings"] if f["severity"] == "problem"] == ["slot"]

    @POSIX_ONLY
    def test_ctrl_c_ends_a_check_and_its_test(self, both: Rig) -> None:
        hold = both.building.faults.add(HoldCall(), "initialize")
        with start("check", "--yes", *configured(both), **variables(both)) as process:
            assert hold.reached.wait(DEADLINE_S)
            process.send_signal(signal.SIGINT)
            hold.release.set()
            output, _ = process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 1
        assert "nothing was written to any controller" in output
        assert not list((both.folder / "state" / "tests").glob("*.json"))

    def test_points_lists_what_both_sides_have(self, call: Call, both: Rig) -> None:
        code, output = call("points", "--yes", *configured(both), **variables(both))
        assert code == 0
        assert {"hvac_oveAhu_TSupSet_u", "hvac_reaZonSou_TZon_y", "SpaceTemp", "Damper"} <= set(output.split())
        code, output = call("points", "--yes", "--filter", "damp", *configured(both), **variables(both))
        assert code == 0
        assert "Damper" in output
        assert "SpaceTemp" not in output
        code, output = call("points", "--yes", "--filter", "dmper", *configured(both), **variables(both))
        assert code == 0
        assert output.endswith("nothing that was listed mentions 'dmper'\n")

    def test_points_of_one_controller_do_not_wait_for_the_simulation(self, call: Call, both: Rig) -> None:
        options = ["--device", both.controllers.addresses["VAV"], "--configs", str(both.folder)]
        nowhere = variables(both, BOP_SERVER_URL="http://127.0.0.1:9", BOP_CONNECT_TIMEOUT="600")
        code, output = call("points", "--yes", *options, **nowhere)
        assert code == 0
        assert "SpaceTemp" in output

    def test_an_account_that_a_controller_refuses_ends_it_as_it_would_end_a_run(self, call: Call, both: Rig) -> None:
        wrong = variables(both, ECY2_LOGIN_PWORD="sesame-42")
        code, output = call("points", "--yes", *configured(both), **wrong)
        assert code == 2
        assert "wrong user name or password (ECY2_LOGIN_USERNAME, ECY2_LOGIN_PWORD)" in output
        both.controllers.controller("VAV").faults.add(DropConnection(None))
        assert call("points", "--yes", *configured(both), **wrong)[0] == 1

    def test_points_of_an_impossible_address_are_refused(self, call: Call) -> None:
        code, output = call("points", "--device", "https://10.0.0.1")
        assert code == 2
        assert "leave out https://" in output


class TestGuard:
    """What is said before anything of ours is imported."""

    def test_an_old_python_can_read_the_file(self) -> None:
        source = (ROOT / "main.py").read_text(encoding="utf-8")
        ast.parse(source, feature_version=(3, 7))
        assert len(source.splitlines()) < 80

    def test_it_imports_nothing_of_ours_before_it_has_looked(self) -> None:
        tree = ast.parse((ROOT / "main.py").read_text(encoding="utf-8"))
        ours = {folder.parent.name for folder in ROOT.glob("*/__init__.py")}
        at_once = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
        assert not at_once & ours

    @pytest.mark.parametrize(("version", "words"), [((3, 7), "Python 3.7 is too old: 3.11 or newer"), ((3, 11), None)])
    def test_a_python_that_is_too_old_is_told(self, version: tuple[int, int], words: str | None) -> None:
        told = main.too_old(version)
        assert told == words if words is None or told is None else told.startswith(words)

    @pytest.mark.parametrize(
        "command", [["main.py", "units"], ["-m", "benchmarks"], ["-m", "benchmarks.programs"], ["-m", "tests.chaos"]]
    )
    def test_a_package_that_is_missing_is_one_line_with_what_to_do(self, command: list[str]) -> None:
        bare = [sys.executable, "-S", *command]  # without what is installed
        done = subprocess.run(  # noqa: S603
            bare, cwd=ROOT, capture_output=True, text=True, env=environment(), timeout=60, check=False
        )
        assert done.returncode == 2
        [told] = done.stderr.splitlines()
        assert re.fullmatch(
            r"\w+ is not installed(; install what is needed: .* -m pip install -r .*| in this .*)", told
        )

    def test_where_the_environment_exists_it_is_what_has_to_be_activated(self, tmp_path: Path) -> None:
        missing = ModuleNotFoundError(name="rich.console")
        told = main.not_installed(missing, usual=tmp_path)
        assert told is not None
        assert told.startswith("rich is not installed in this Python; activate the environment first: cd ")
        assert "activate" in told.rpartition("&&")[2]
        inside = main.not_installed(missing, usual=Path(sys.executable).parents[1])
        assert "pip install -r" in str(inside)
        assert "pip install -r" in str(main.not_installed(missing, usual=tmp_path / "absent"))

    def test_help_of_the_measurements_measures_nothing(self) -> None:
        help_ = [sys.executable, "-m", "benchmarks", "--help"]
        done = subprocess.run(help_, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
        assert done.returncode == 0
        assert "Benchmarks" not in done.stdout
        assert "hvac_templates" in done.stdout
