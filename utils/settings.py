"""Settings from ``.env`` and the environment (which wins), checked as a whole before anything is contacted.

Names and quoting are the seed's; the full table is in the README.
"""

from __future__ import annotations

import io
import ipaddress
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv.parser import parse_stream
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_core import ErrorDetails

from utils.addresses import one_spelling
from utils.errors import ConfigError, Problem
from utils.model_calendar import is_known_zone, model_seconds
from utils.names import nearest
from utils.pacing import WhenLate

_PREFIXES = ("BOP", "ECY")
START_FORMAT = "%Y-%m-%d %H:%M:%S"


def _start_time(text: object) -> object:
    if not isinstance(text, str):
        return text
    try:
        moment = datetime.strptime(text.strip(), START_FORMAT)
    except ValueError:
        raise ValueError(_why_no_start_time(text)) from None
    model_seconds(moment)
    return moment


def _why_no_start_time(text: str) -> str:
    if "-02-29" in text:
        return "29 February does not exist in the model's 365-day year; use 28 February or 1 March"
    return f"{text!r} is not a time; write it like 2023-07-06 14:00:00"


def _upper(text: object) -> object:
    return text.strip().upper() if isinstance(text, str) else text


def _lower(text: object) -> object:
    return text.strip().lower() if isinstance(text, str) else text


StartTime = Annotated[datetime, BeforeValidator(_start_time)]


class Settings(BaseModel):
    """Everything that ``.env`` may say. Durations are seconds; simulated ones say so."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", str_strip_whitespace=True, hide_input_in_errors=True, allow_inf_nan=False
    )

    server_url: str | None = Field(None, alias="BOP_SERVER_URL")
    server_ip: str | None = Field(None, alias="BOP_SERVER_IP")
    server_port: int | None = Field(None, alias="BOP_SERVER_PORT", ge=1, le=65535)
    api_key: SecretStr | None = Field(None, alias="BOP_API_KEY")
    testcase: str | None = Field(None, alias="TESTCASE_NAME")
    start_time: StartTime | None = Field(None, alias="BOP_START_TIME")
    warmup_period_s: NonNegativeFloat = Field(alias="BOP_WARMUP_PERIOD")
    step_time_s: PositiveFloat = Field(alias="BOP_STEP_TIME")
    time_period: str | None = Field(None, alias="BOP_TIME_PERIOD")
    electricity_price: Literal["constant", "dynamic", "highly_dynamic"] | None = Field(
        None, alias="BOP_ELECTRICITY_PRICE"
    )
    time_scale: NonNegativeFloat = Field(1.0, alias="BOP_TIME_SCALE")
    when_late: Annotated[WhenLate, BeforeValidator(_lower)] = Field("stretch", alias="BOP_WHEN_LATE")
    connect_timeout_s: NonNegativeFloat = Field(30.0, alias="BOP_CONNECT_TIMEOUT")
    advance_timeout_s: NonNegativeFloat = Field(300.0, alias="BOP_ADVANCE_TIMEOUT")
    username: str = Field(alias="ECY2_LOGIN_USERNAME")
    password: SecretStr = Field(alias="ECY2_LOGIN_PWORD")
    tls: str = Field("pin", alias="ECY_TLS")
    settle_time_s: NonNegativeFloat | None = Field(None, alias="ECY_SETTLE_TIME")
    couple_time_s: NonNegativeFloat = Field(5.0, alias="ECY_COUPLE_TIME")
    refresh_time_s: PositiveFloat = Field(60.0, alias="ECY_REFRESH_TIME")
    hold_steps: NonNegativeInt = Field(3, alias="ECY_HOLD_STEPS")
    ramp_steps: NonNegativeInt = Field(10, alias="ECY_RAMP_STEPS")
    bench: Annotated[Literal["isolated"] | None, BeforeValidator(_lower)] = Field(None, alias="ECY_BENCH")
    unit_system: Annotated[Literal["SI", "US"], BeforeValidator(_upper)] = Field("SI", alias="UNIT_SYSTEM")
    log_file: Path = Field(Path("app.log"), alias="LOG_FILE")
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = Field(
        "INFO", alias="LOG_LEVEL"
    )
    step_log: Path | None = Field(None, alias="STEP_LOG")
    timezone: str | None = Field(None, alias="DESIRED_TIMEZONE")
    clock_tolerance_s: PositiveFloat = Field(5.0, alias="ECY_CLOCK_TOLERANCE")
    allow_future: bool = Field(False, alias="ECY_FUTURE")
    state_dir: Path = Field(Path(".state"), alias="BRIDGE_STATE_DIR")
    variables: Mapping[str, str] = Field({}, repr=False)
    """All variables, for the ``username_env`` and ``password_env`` keys of the configs."""

    @field_validator("timezone")
    @classmethod
    def _zone_is_known(cls, zone: str | None) -> str | None:
        if zone is not None and not is_known_zone(zone):
            raise ValueError(f"{zone!r} is not a time zone; use an IANA name like America/Chicago or US/Mountain")
        return zone

    @field_validator("tls")
    @classmethod
    def _policy_is_known(cls, policy: str) -> str:
        if policy not in ("pin", "verify", "off") and not Path(policy).is_file():
            raise ValueError(f"{policy!r} is neither pin, verify nor off, nor a file with certificates")
        return policy

    @field_validator("server_url")
    @classmethod
    def _url_is_http(cls, url: str | None) -> str | None:
        if url is not None and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc):
            raise ValueError(f"{url!r} is not an address; write it like http://192.168.1.20:5000")
        if url is not None:
            one_spelling(urlsplit(url).hostname or "")
        return url

    @field_validator("server_ip")
    @classmethod
    def _host_is_bare(cls, host: str | None) -> str | None:
        if host is not None and any(mark in host for mark in "/: ") and not _is_ipv6(host):
            raise ValueError(f"{host!r} is not a host name or IP address; for a whole address use BOP_SERVER_URL")
        return one_spelling(host) if host is not None else None

    @property
    def base_url(self) -> str:
        """Where the BOPTEST server is, without a trailing slash."""
        if self.server_url is not None:
            return self.server_url.rstrip("/")
        host = str(self.server_ip)
        return f"http://{f'[{host}]' if _is_ipv6(host) else host}:{self.server_port}"

    @property
    def period_s(self) -> float:
        """Wall time of one step; 0 is as fast as the peers allow."""
        return self.step_time_s / self.time_scale if self.time_scale else 0.0

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be seen in a log."""
        keys = [self.api_key.get_secret_value()] if self.api_key else []
        return (self.password.get_secret_value(), *keys)


def _is_ipv6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6
    except ValueError:
        return False


def load_settings(env_file: Path | None, environment: Mapping[str, str], base: Path) -> Settings:
    """Read settings from a file (absent is fine) and the environment. Relative paths count from ``base``.

    Raises :class:`ConfigError` with every problem: unreadable lines, missing names, bad values.
    """
    from_file, problems = _read_env_file(env_file) if env_file and env_file.exists() else ({}, [])
    variables = {name: value for name, value in {**from_file, **environment}.items() if value.strip()}
    source = str(env_file) if env_file and from_file else "environment"
    problems += [_missing(name, variables, source) for name in _missing_alternatives(variables)]
    try:
        settings = Settings.model_validate({**_known(variables), "variables": variables})
    except ValidationError as error:
        problems += [_problem(item, variables, source) for item in error.errors()]
    if problems and env_file and not env_file.exists():
        problems.insert(0, Problem(str(env_file), "does not exist; copy .env.example to it and fill it in"))
    if problems:
        raise ConfigError(problems)
    return _placed(settings, base)


def load_in_spite(
    env_file: Path, environment: Mapping[str, str], base: Path, stand_ins: Mapping[str, str]
) -> tuple[Settings, dict[str, Problem]]:
    """Read settings of which only some are needed: what is wrong is replaced by its stand-in, or its default.

    Returns what is wrong or missing beside, by the variable's name; the file's own problems by its path.
    """
    wrong: dict[str, Problem] = {}
    try:
        from_file, unreadable = _read_env_file(env_file) if env_file.exists() else ({}, [])
    except ConfigError as error:
        from_file, unreadable = {}, list(error.problems)
    wrong |= {str(env_file): problem for problem in unreadable}
    variables = {name: value for name, value in {**from_file, **environment}.items() if value.strip()}
    source = str(env_file) if from_file else "environment"
    wrong |= {name: _missing(name, variables, source) for name in stand_ins if name not in variables}
    told = dict(variables)
    try:
        Settings.model_validate(_known({**stand_ins, **told}))
    except ValidationError as error:
        for item in error.errors():
            name = str(item["loc"][0])
            wrong[name] = _problem(item, variables, source)
            told.pop(name, None)
    settings = Settings.model_validate({**_known({**stand_ins, **told}), "variables": variables})
    return _placed(settings, base), wrong


def _placed(settings: Settings, base: Path) -> Settings:
    files = {"log_file": settings.log_file, "state_dir": settings.state_dir, "step_log": settings.step_log}
    return settings.model_copy(update={name: base / file for name, file in files.items() if file is not None})


def _known(variables: Mapping[str, str]) -> dict[str, str]:
    names = {field.alias for field in Settings.model_fields.values() if field.alias}
    return {name: value for name, value in variables.items() if name in names}


def _read_env_file(file: Path) -> tuple[dict[str, str], list[Problem]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(str(file), f"cannot be read: {error}")]) from None
    values: dict[str, str] = {}
    problems = []
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:
            problems.append(Problem(f"{file}: line {binding.original.line}", "is not of the form NAME = 'value'"))
        elif binding.key is not None:
            values[binding.key] = binding.value or ""
    return values, problems


def _missing_alternatives(variables: Mapping[str, str]) -> list[str]:
    needed = [] if "BOP_SERVER_URL" in variables else ["BOP_SERVER_IP", "BOP_SERVER_PORT"]
    if "BOP_TIME_PERIOD" not in variables:
        needed.append("BOP_START_TIME")
    return [name for name in needed if name not in variables]


def _missing(name: str, variables: Mapping[str, str], source: str) -> Problem:
    unused = variables.keys() - _known(variables).keys()
    others = sorted(other for other in unused if other.startswith(_PREFIXES))
    guess = nearest(name, others)
    hint = f"; there is {guess}, did you mean {name}?" if guess else ""
    return Problem(f"{source}: {name}", f"is required and missing{hint}")


def _problem(item: ErrorDetails, variables: Mapping[str, str], source: str) -> Problem:
    name = str(item["loc"][0])
    if item["type"] == "missing":
        return _missing(name, variables, source)
    own_message = item.get("ctx", {}).get("error")
    return Problem(f"{source}: {name}", str(own_message or item["msg"][0].lower() + item["msg"][1:]))
