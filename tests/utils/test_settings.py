"""Settings: the seed's own file, and every way to get it wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest

from utils.errors import ConfigError
from utils.settings import AccountSettings, LocalSettings, ServerSettings, Settings, SettingsSource, load_settings
from utils.status_file import StatusFile

SEED_ENV = """\
BOP_SERVER_IP = '192.0.2.7'
BOP_SERVER_PORT = '5000'
BOP_START_TIME = '2023-07-06 14:00:00'
BOP_WARMUP_PERIOD = '0'
BOP_STEP_TIME = '1'
ECY2_LOGIN_USERNAME = 'engineer'
ECY2_LOGIN_PWORD = 'pa$$ word#1'
UNIT_SYSTEM = 'US'
LOG_FILE = 'app.log'
DESIRED_TIMEZONE = 'US/Mountain'
"""


COMPLETE = {name: value.strip("'") for name, value in (line.split(" = ") for line in SEED_ENV.splitlines())}


def load(folder: Path, text: str = SEED_ENV, **environment: str) -> Settings:
    file = folder / ".env"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, environment, folder)


def problems(folder: Path, text: str = SEED_ENV, **environment: str) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text, **environment)
    return {problem.where.rsplit(" ", 1)[-1]: problem.what for problem in caught.value.problems}


def test_the_seeds_file_is_read_with_its_own_quoting(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.base_url == "http://192.0.2.7:5000"
    assert settings.start_time == datetime(2023, 7, 6, 14)
    assert (settings.warmup_period_s, settings.step_time_s, settings.time_scale) == (0.0, 1.0, 1.0)
    assert (settings.unit_system, settings.timezone, settings.testcase) == ("US", "US/Mountain", None)
    assert settings.secret == "pa$$ word#1"
    assert settings.log_file == tmp_path / "app.log"


def test_the_defaults_are_those_of_the_readme(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert (settings.couple_time_s, settings.refresh_time_s, settings.hold_steps) == (5.0, 60.0, 3)
    assert (settings.tls, settings.connect_timeout_s, settings.settle_time_s) == ("pin", 30.0, None)
    assert settings.state_dir == tmp_path / ".state"
    assert (settings.when_late, settings.clock_tolerance_s, settings.allow_future) == ("stretch", 5.0, False)
    assert (settings.ramp_steps, settings.bench) == (10, None)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    assert load(tmp_path, BOP_STEP_TIME="5").step_time_s == 5.0


def test_an_empty_variable_of_the_environment_is_told_as_what_hides_the_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^environment: BOP_STEP_TIME: is empty, and wins over the file; remove it$"):
        load(tmp_path, BOP_STEP_TIME=" ")


def test_without_a_file_the_environment_is_enough(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "absent.env", COMPLETE, tmp_path).server_port == 5000


def test_a_file_saved_by_windows_notepad_is_read(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"\xef\xbb\xbf" + SEED_ENV.replace("\n", "\r\n").encode())
    assert load_settings(file, {}, tmp_path).server_ip == "192.0.2.7"


def test_every_problem_is_reported_at_once(tmp_path: Path) -> None:
    text = SEED_ENV.replace("'5000'", "'many'").replace("'1'", "'0'").replace("'US'", "'metric'")
    found = problems(tmp_path, text.replace("BOP_START_TIME", "#").replace("US/Mountain", "Denver"))
    assert set(found) == {"BOP_SERVER_PORT", "BOP_STEP_TIME", "UNIT_SYSTEM", "BOP_START_TIME", "DESIRED_TIMEZONE"}


def test_an_empty_file_is_named_with_everything_that_is_required(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, "")
    assert all(problem.where.startswith(f"{tmp_path / '.env'}: ") for problem in caught.value.problems)
    assert {problem.where.rsplit(" ", 1)[-1] for problem in caught.value.problems} == {
        "BOP_SERVER_IP",
        "BOP_SERVER_PORT",
        "BOP_START_TIME",
        "BOP_WARMUP_PERIOD",
        "BOP_STEP_TIME",
        "ECY2_LOGIN_USERNAME",
        "ECY2_LOGIN_PWORD",
    }


def test_a_missing_file_is_one_message_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path / ".env", {}, tmp_path)
    assert str(caught.value) == f"{tmp_path / '.env'}: does not exist; python main.py init writes one to fill in"


def test_beside_a_missing_file_the_environment_is_told_what_it_lacks(tmp_path: Path) -> None:
    environment = {name: value for name, value in COMPLETE.items() if name not in ("BOP_STEP_TIME", "BOP_SERVER_IP")}
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path / ".env", {**environment, "UNIT_SYSTEM": "x"}, tmp_path)
    absent, wrong = caught.value.problems
    assert absent.what.startswith(
        "does not exist, and the environment lacks BOP_SERVER_IP, BOP_STEP_TIME; python main.py init"
    )
    assert wrong.where == "environment: UNIT_SYSTEM"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, r"cannot be read: "),
        (b"BOP_STEP_TIME=1\n\xff", "is not UTF-8 at byte 16; save it as UTF-8"),
        (SEED_ENV.encode("utf-16-le"), "is not UTF-8 at byte 1; save it as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_message(tmp_path: Path, content: bytes | None, why: str) -> None:
    file = tmp_path / ".env"
    file.mkdir() if content is None else file.write_bytes(content)
    for environment in ({}, COMPLETE):
        with pytest.raises(ConfigError, match=rf"^{re.escape(str(file))}: {why}[^\n]*$"):
            load_settings(file, environment, tmp_path)


def test_a_misspelt_name_is_recognised(tmp_path: Path) -> None:
    found = problems(tmp_path, SEED_ENV.replace("BOP_STEP_TIME", "BOP_STEPTIME"))
    assert "there is BOP_STEPTIME, did you mean BOP_STEP_TIME?" in found["BOP_STEP_TIME"]


def test_a_misspelt_setting_that_is_not_required_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    made = source(tmp_path, "BOP_TIMESCALE=10\nECY_BENSH=isolated", environment={"BOP_ZZZ": "1"})
    with pytest.raises(ConfigError) as caught:
        made.check(LocalSettings)
    assert {problem.where.rpartition(": ")[2]: problem.what for problem in caught.value.problems} == {
        "BOP_TIMESCALE": "is not a setting; did you mean BOP_TIME_SCALE?",
        "BOP_ZZZ": "is not a setting, and no config asks for it; remove it",
        "ECY_BENSH": "is not a setting; did you mean ECY_BENCH?",
    }


def test_a_misspelt_name_is_told_once(tmp_path: Path) -> None:
    made = source(tmp_path, SEED_ENV.replace("BOP_STEP_TIME", "BOP_STEPTIME"))
    with pytest.raises(ConfigError) as caught:
        made.check(Settings)
    assert len(caught.value.problems) == 1


def test_an_account_that_a_config_names_is_no_slip(tmp_path: Path) -> None:
    made = source(tmp_path, "ECY_BENSH=user\nECY_AHU=user").naming(["ECY_BENSH", "ECY_AHU"])
    made.check(LocalSettings)
    assert made.part(LocalSettings).doubtful == ()


def test_what_may_be_another_programs_is_doubted_and_stops_nobody(tmp_path: Path) -> None:
    made = source(tmp_path, "UNIT_SYTEM=US\nECY_AHU_USER=x\nPATH_TO=y", environment={"LOGFILE": "theirs"})
    made.check(LocalSettings)
    assert [str(one).rpartition(".env: ")[2] for one in made.part(LocalSettings).doubtful] == [
        "ECY_AHU_USER: is not a setting, and no config asks for it; remove it",
        "UNIT_SYTEM: is not a setting; did you mean UNIT_SYSTEM?",
    ]


def test_every_placeholder_of_the_example_is_recognised_and_everything_else_in_it_is_good(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / ".env.example"
    found = problems(tmp_path, example.read_text(encoding="utf-8"))
    assert set(found) == {"BOP_SERVER_IP", "ECY2_LOGIN_USERNAME", "ECY2_LOGIN_PWORD"}
    assert all(what.startswith("still has the placeholder of .env.example") for what in found.values())


def test_a_line_that_cannot_be_read_is_not_told_as_missing_too(tmp_path: Path) -> None:
    text = SEED_ENV.replace("BOP_STEP_TIME = '1'", "BOP_STEP_TIME: '1'")
    assert list(problems(tmp_path, text)) == ["5"]


def test_paths_that_cannot_be_written_are_told_together_and_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    found = problems(
        tmp_path,
        LOG_FILE="absent/app.log",
        STEP_LOG="folder",
        STATUS_FILE="absent/a.prom",
        BRIDGE_STATE_DIR="file/state",
    )
    assert {name: what.replace(str(tmp_path), "") for name, what in found.items()} == {
        "STATUS_FILE": "/absent/a.prom cannot be written: there is no folder /absent",
        "LOG_FILE": "/absent/app.log cannot be written: there is no folder /absent",
        "STEP_LOG": "/folder is a folder; name a file in it",
        "BRIDGE_STATE_DIR": "/file is not a folder",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "file", "folder"]


def test_a_status_file_replaces_none_but_its_like(tmp_path: Path) -> None:
    with StatusFile(tmp_path / "ours.prom", "bridge", list):
        pass
    (tmp_path / "empty.prom").touch()
    (tmp_path / "AHU.json").write_text("{}", encoding="utf-8")
    for name in ("ours.prom", "empty.prom", "new.prom"):
        assert load(tmp_path, STATUS_FILE=name).status_file == tmp_path / name
    for file in (tmp_path / "AHU.json", tmp_path / ".env", Path(os.devnull).absolute()):
        told = f"{file} is there, is no status file, and would be replaced; name another"
        assert problems(tmp_path, STATUS_FILE=str(file)) == {"STATUS_FILE": told}


def test_29_february_is_refused_with_the_reason(tmp_path: Path) -> None:
    for year in (2023, 2024):
        found = problems(tmp_path, BOP_START_TIME=f"{year}-02-29 00:00:00")
        assert "29 February does not exist" in found["BOP_START_TIME"]


@pytest.mark.parametrize("text", ["tomorrow", "2023-13-01 00:00:00", "06/07/2023 14:00", "2023-07-06"])
def test_a_start_time_in_another_form_says_how_to_write_it(tmp_path: Path, text: str) -> None:
    assert "2023-07-06 14:00:00" in problems(tmp_path, BOP_START_TIME=text)["BOP_START_TIME"]


@pytest.mark.parametrize("text", ["nan", "inf", "-1", "abc", ""])
def test_a_step_time_has_to_be_a_positive_number(tmp_path: Path, text: str) -> None:
    assert "BOP_STEP_TIME" in problems(tmp_path, SEED_ENV.replace("TIME = '1'", f"TIME = '{text}'"))


def test_a_duration_that_is_no_number_or_longer_than_a_year_is_told_in_words(tmp_path: Path) -> None:
    told = problems(tmp_path, BOP_STEP_TIME="5s", BOP_WARMUP_PERIOD="1e308")
    assert told["BOP_STEP_TIME"] == "'5s' is no number, as in 60"
    assert told["BOP_WARMUP_PERIOD"].endswith("less than or equal to 31536000")


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\.env: line 11: is not of the form"):
        load(tmp_path, SEED_ENV + "this is = no 'setting\n=")


def test_a_server_address_may_be_https_with_a_path(tmp_path: Path) -> None:
    text = SEED_ENV.replace("BOP_SERVER_IP", "X_IP").replace("BOP_SERVER_PORT", "X_PORT")
    assert load(tmp_path, text, BOP_SERVER_URL="https://api.example.org/bop/").base_url == "https://api.example.org/bop"


@pytest.mark.parametrize(
    "rest", ["ftp://h", "h:5000", "http://", "http://h:99999", "http://h:x", "http://[::1", "http://h/?a=b"]
)
def test_an_address_that_none_could_be_reached_at_is_refused(tmp_path: Path, rest: str) -> None:
    assert "write it like" in problems(tmp_path, BOP_SERVER_URL=rest)["BOP_SERVER_URL"]


@pytest.mark.parametrize("url", ["http://user:canary@h:5000", "user:canary@h:5000"])
def test_an_account_in_the_address_is_refused_and_not_printed(tmp_path: Path, url: str) -> None:
    told = problems(tmp_path, BOP_SERVER_URL=url)["BOP_SERVER_URL"]
    assert "BOP_API_KEY" in told
    assert "canary" not in told


@pytest.mark.parametrize("host", ["http://192.0.2.7", "192.0.2.7:5000", "two words"])
def test_a_host_that_is_more_than_a_host_is_refused(tmp_path: Path, host: str) -> None:
    assert "BOP_SERVER_URL" in problems(tmp_path, BOP_SERVER_IP=host)["BOP_SERVER_IP"]


@pytest.mark.parametrize(
    ("host", "remedy"),
    [
        ("0x7f000701", "if 127.0.7.1 is meant, write that"),
        ("127.1", "if 127.0.0.1 is meant, write that"),
        ("2130706433", "if 127.0.0.1 is meant, write that"),
        ("127.000.000.001", "leave out the zeros"),
    ],
)
def test_a_number_that_some_read_as_an_address_is_refused(tmp_path: Path, host: str, remedy: str) -> None:
    assert remedy in problems(tmp_path, BOP_SERVER_IP=host)["BOP_SERVER_IP"]
    assert remedy in problems(tmp_path, BOP_SERVER_URL=f"http://{host}:5000/x")["BOP_SERVER_URL"]


@pytest.mark.parametrize("name", ["BOP_SERVER_PORT", "ECY_HOLD_STEPS", "BOP_STEP_TIME", "BOP_TIME_SCALE"])
def test_a_number_without_end_is_one_problem_of_its_variable(tmp_path: Path, name: str) -> None:
    told = problems(tmp_path, **{name: "9" * 5_000})
    assert set(told) == {name}
    assert len(told[name]) < 200


def test_an_ipv6_host_gets_its_brackets(tmp_path: Path) -> None:
    assert load(tmp_path, BOP_SERVER_IP="fd00::7").base_url == "http://[fd00::7]:5000"


def test_a_period_of_the_scenario_stands_in_for_the_start_time(tmp_path: Path) -> None:
    settings = load(tmp_path, SEED_ENV.replace("BOP_START_TIME", "#"), BOP_TIME_PERIOD="peak_heat_day")
    assert settings.start_time is None


def test_the_pace_is_step_time_over_time_scale(tmp_path: Path) -> None:
    assert load(tmp_path, BOP_TIME_SCALE="60", BOP_STEP_TIME="30").period_s == 0.5
    assert load(tmp_path, BOP_TIME_SCALE="0").period_s == 0.0


def test_what_to_do_when_late_and_whether_clocks_may_be_in_the_future_are_words(tmp_path: Path) -> None:
    settings = load(tmp_path, BOP_WHEN_LATE="Stop", ECY_FUTURE="yes", ECY_CLOCK_TOLERANCE="2.5")
    assert (settings.when_late, settings.allow_future, settings.clock_tolerance_s) == ("stop", True, 2.5)
    assert set(problems(tmp_path, BOP_WHEN_LATE="hurry", ECY_FUTURE="perhaps", ECY_CLOCK_TOLERANCE="0")) == {
        "BOP_WHEN_LATE",
        "ECY_FUTURE",
        "ECY_CLOCK_TOLERANCE",
    }


def test_indicators_are_asked_for_in_simulated_seconds(tmp_path: Path) -> None:
    assert load(tmp_path).kpi_time_s is None
    assert load(tmp_path, BOP_KPI_TIME="900").kpi_time_s == 900.0
    assert set(problems(tmp_path, BOP_KPI_TIME="0")) == {"BOP_KPI_TIME"}


def test_a_bench_is_confirmed_with_one_word_and_a_ramp_has_whole_steps(tmp_path: Path) -> None:
    settings = load(tmp_path, ECY_BENCH=" Isolated ", ECY_RAMP_STEPS="0")
    assert (settings.bench, settings.ramp_steps) == ("isolated", 0)
    assert set(problems(tmp_path, ECY_BENCH="yes", ECY_RAMP_STEPS="-1")) == {"ECY_BENCH", "ECY_RAMP_STEPS"}
    assert set(problems(tmp_path, ECY_RAMP_STEPS="2.5")) == {"ECY_RAMP_STEPS"}


def test_no_secret_is_in_the_repr_or_in_an_error(tmp_path: Path) -> None:
    settings = load(tmp_path, BOP_API_KEY="key-123", VAV_PWORD="other-secret")
    assert not any(secret in repr(settings) for secret in ("pa$$", "key-123", "other-secret"))
    assert set(settings.secrets) == {"pa$$ word#1", "key-123"}
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, BOP_STEP_TIME="x")
    assert "pa$$" not in str(caught.value)


class TestParts:
    """Who needs only some of it is not held up by the rest."""

    @pytest.mark.parametrize(
        "line",
        [
            "LOG_LEVEL=LOUD",
            "DESIRED_TIMEZONE=Mars/X",
            "BOP_START_TIME=rubbish",
            "BOP_STEP_TIME=-1",
            "rubbish",
            "BOP_SERVER_URL=x",
        ],
    )
    def test_what_is_wrong_with_others_does_not_keep_an_account_from_being_used(
        self, tmp_path: Path, line: str
    ) -> None:
        account = source(tmp_path, line, tolerant=True).part(AccountSettings)
        assert (account.username, account.secret) == ("bench", "word")

    @pytest.mark.parametrize("line", ["ECY_TLS=nothing", "ECY2_LOGIN_USERNAME="])
    def test_what_controllers_need_is_told(self, tmp_path: Path, line: str) -> None:
        with pytest.raises(ConfigError) as caught:
            source(tmp_path, line).part(AccountSettings)
        assert [problem.where.rpartition(" ")[2] for problem in caught.value.problems] == [line.partition("=")[0]]

    def test_a_part_in_spite_of_what_is_wrong_has_its_defaults(self, tmp_path: Path) -> None:
        local = source(tmp_path, "LOG_LEVEL=LOUD\nLOG_FILE=own.log", tolerant=True).part_in_spite(LocalSettings)
        assert (local.log_level, local.log_file) == ("INFO", tmp_path / "own.log")

    def test_the_problems_of_several_parts_are_told_together(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError) as caught:
            source(tmp_path, "LOG_LEVEL=LOUD\nBOP_START_TIME=rubbish").check(LocalSettings, ServerSettings)
        names = {problem.where.rpartition(" ")[2] for problem in caught.value.problems}
        assert names == {"LOG_LEVEL", "BOP_SERVER_IP", "BOP_SERVER_PORT"}

    def test_no_secret_is_in_a_repr(self, tmp_path: Path) -> None:
        made = source(tmp_path, "BOP_API_KEY=canarykey").with_variables({"ECY2_LOGIN_PWORD": "canaryword"})
        assert "canary" not in repr(made) + repr(made.part(AccountSettings))

    def test_secrets_are_known_whatever_else_is_written(self, tmp_path: Path) -> None:
        assert source(tmp_path, "BOP_API_KEY=key\nECY_TLS=nothing").secrets == ("word", "key")


class TestPaths:
    """What is written in a file counts from the file's folder; everything else stays where the program is."""

    def test_written_paths_count_from_the_file(self, tmp_path: Path) -> None:
        folder = tmp_path / "site"
        folder.mkdir()
        (folder / "ca.pem").touch()
        text = "LOG_FILE=own.log\nSTEP_LOG=steps.csv\nBRIDGE_STATE_DIR=state\nECY_TLS=ca.pem"
        made = source(folder, text, base=tmp_path)
        local = made.part(LocalSettings)
        assert (local.log_file, local.step_log) == (folder / "own.log", folder / "steps.csv")
        assert local.state_dir == folder / "state"
        assert made.part(AccountSettings).tls == str(folder / "ca.pem")

    def test_what_is_not_written_stays_beside_the_program(self, tmp_path: Path) -> None:
        folder = tmp_path / "site"
        folder.mkdir()
        local = source(folder, "", base=tmp_path).part(LocalSettings)
        assert (local.log_file, local.state_dir) == (tmp_path / "app.log", tmp_path / ".state")

    def test_the_environments_paths_do_not_follow_the_file(self, tmp_path: Path) -> None:
        folder = tmp_path / "site"
        folder.mkdir()
        made = source(folder, "BRIDGE_STATE_DIR=state", base=tmp_path, environment={"BRIDGE_STATE_DIR": "mine"})
        assert made.part(LocalSettings).state_dir == tmp_path / "mine"

    def test_the_state_that_an_earlier_version_kept_is_used_where_it_is(self, tmp_path: Path) -> None:
        """Pins, switches, tests and records: nothing of it is left behind."""
        folder = tmp_path / "site"
        folder.mkdir()
        (tmp_path / "state").mkdir()
        local = source(folder, "BRIDGE_STATE_DIR=state", base=tmp_path).part(LocalSettings)
        assert (local.state_dir, local.unmoved_state_dir) == (tmp_path / "state", folder / "state")
        assert local.former_state_dir is None

    def test_where_there_are_both_the_former_is_known(self, tmp_path: Path) -> None:
        folder = tmp_path / "site"
        for state in (tmp_path / "state", folder / "state"):
            state.mkdir(parents=True)
        local = source(folder, "BRIDGE_STATE_DIR=state", base=tmp_path).part(LocalSettings)
        assert (local.state_dir, local.former_state_dir) == (folder / "state", tmp_path / "state")
        assert local.unmoved_state_dir is None


def test_a_value_of_the_environment_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^environment: BOP_STEP_TIME: "):
        load(tmp_path, BOP_STEP_TIME="x")


def source(
    folder: Path,
    text: str,
    *,
    base: Path | None = None,
    tolerant: bool = False,
    environment: Mapping[str, str] | None = None,
) -> SettingsSource:
    file = folder / ".env"
    file.write_text(f"ECY2_LOGIN_USERNAME=bench\nECY2_LOGIN_PWORD=word\n{text}\n", encoding="utf-8")
    return SettingsSource.read(file, environment or {}, base or folder, tolerant=tolerant)
