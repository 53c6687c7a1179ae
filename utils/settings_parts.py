"""What ``.env`` may say, in parts: who needs only one of them asks for nothing else. Durations are s.

Names and quoting are the seed's; the full table is in the README. Simulated durations say so.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, ClassVar, Literal, TypeAlias, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from utils.addresses import base_url, one_spelling
from utils.clocks import NO_LEAP_DAY, YEAR_S, is_known_zone, require_start
from utils.errors import Problem
from utils.home import USUAL_STATE
from utils.pacing import WhenLate

START_FORMAT = "%Y-%m-%d %H:%M:%S"
USER_VARIABLE, PASSWORD_VARIABLE = "ECY2_LOGIN_USERNAME", "ECY2_LOGIN_PWORD"
ACCOUNT = (USER_VARIABLE, PASSWORD_VARIABLE)
SECRETS = (PASSWORD_VARIABLE, "BOP_API_KEY", "PAGE_PASSWORD")
_UNSAID = ""
TLS_WORDS = ("pin", "verify", "off")
"""What ``ECY_TLS`` may say that is no path."""


def _start_time(text: object) -> object:
    if not isinstance(text, str):
        return text
    try:
        moment = datetime.strptime(text.strip(), START_FORMAT)
    except ValueError:
        raise ValueError(_why_no_start_time(text)) from None
    require_start(moment)
    return moment


def _why_no_start_time(text: str) -> str:
    if "-02-29" in text:
        return NO_LEAP_DAY
    return f"{text!r} is not a time; write it like 2023-07-06 14:00:00"


def _upper(text: object) -> object:
    return text.strip().upper() if isinstance(text, str) else text


def _lower(text: object) -> object:
    return text.strip().lower() if isinstance(text, str) else text


StartTime = Annotated[datetime, BeforeValidator(_start_time)]


Alternatives: TypeAlias = tuple[tuple[tuple[str, ...], ...], ...]


class Part(BaseModel):
    """Some of the settings, checked together."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", str_strip_whitespace=True, hide_input_in_errors=True, allow_inf_nan=False
    )

    either: ClassVar[Alternatives] = ()
    """Of each of these, the names of one alternative are needed; those of the first are asked for."""

    places: Mapping[str, str] = Field({}, repr=False)
    """Who says each variable, or ought to, as messages name it."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be seen in a log."""
        return ()

    def where(self, name: str) -> str:
        """A variable as messages name it, with the file or the environment that says it."""
        return self.places.get(name, name)


class ServerSettings(Part):
    """Where the simulation is, and for how long it is waited for."""

    either: ClassVar[Alternatives] = ((("BOP_SERVER_IP", "BOP_SERVER_PORT"), ("BOP_SERVER_URL",)),)

    server_url: str | None = Field(None, alias="BOP_SERVER_URL")
    server_ip: str | None = Field(None, alias="BOP_SERVER_IP")
    server_port: int | None = Field(None, alias="BOP_SERVER_PORT", ge=1, le=65535)
    api_key: SecretStr | None = Field(None, alias="BOP_API_KEY")
    testcase: str | None = Field(None, alias="TESTCASE_NAME")
    connect_timeout_s: NonNegativeFloat = Field(30.0, alias="BOP_CONNECT_TIMEOUT")
    advance_timeout_s: NonNegativeFloat = Field(300.0, alias="BOP_ADVANCE_TIMEOUT")

    @field_validator("server_url")
    @classmethod
    def _url_is_http(cls, url: str | None) -> str | None:
        if url is not None and "@" in url:  # before anything that would print it
            raise ValueError("it holds an account, and is printed; BOP_API_KEY is what is sent as Authorization")
        if url is not None and not _is_base_url(url):
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
        return base_url(str(self.server_ip), str(self.server_port))

    @property
    def secrets(self) -> tuple[str, ...]:
        """The API key."""
        return (*super().secrets, *([self.api_key.get_secret_value()] if self.api_key else []))


class SimulationSettings(ServerSettings):
    """What is simulated, and how fast."""

    either: ClassVar[Alternatives] = (*ServerSettings.either, (("BOP_START_TIME",), ("BOP_TIME_PERIOD",)))

    start_time: StartTime | None = Field(None, alias="BOP_START_TIME")
    warmup_period_s: NonNegativeFloat = Field(alias="BOP_WARMUP_PERIOD", le=YEAR_S)
    step_time_s: PositiveFloat = Field(alias="BOP_STEP_TIME", le=YEAR_S)
    time_period: str | None = Field(None, alias="BOP_TIME_PERIOD")
    electricity_price: Literal["constant", "dynamic", "highly_dynamic"] | None = Field(
        None, alias="BOP_ELECTRICITY_PRICE"
    )
    time_scale: NonNegativeFloat = Field(1.0, alias="BOP_TIME_SCALE")
    pause_max_s: PositiveFloat = Field(7200.0, alias="PAUSE_MAX")
    kpi_time_s: PositiveFloat | None = Field(None, alias="BOP_KPI_TIME", le=YEAR_S)
    when_late: Annotated[WhenLate, BeforeValidator(_lower)] = Field("stretch", alias="BOP_WHEN_LATE")

    @property
    def period_s(self) -> float:
        """Wall time of one step; 0 is as fast as the peers allow."""
        return self.step_time_s / self.time_scale if self.time_scale else 0.0


class AccountSettings(Part):
    """How to sign in to controllers, and which certificates of theirs are right.

    The account is asked for unless it is known that no controller wants one (``SettingsSource.wants_account``).
    """

    either: ClassVar[Alternatives] = ((ACCOUNT,),)

    username: str | None = Field(None, alias=USER_VARIABLE)
    password: SecretStr | None = Field(None, alias=PASSWORD_VARIABLE)
    tls: str = Field("pin", alias="ECY_TLS")
    variables: Mapping[str, str] = Field({}, repr=False)
    """All variables, for the ``username_env`` and ``password_env`` keys of the configs."""

    @field_validator("tls")
    @classmethod
    def _policy_is_known(cls, policy: str) -> str:
        if policy not in TLS_WORDS and not Path(policy).is_file():
            raise ValueError(f"{policy!r} is neither pin, verify nor off, nor a file with certificates")
        return policy

    @property
    def secret(self) -> str | None:
        """The password of all controllers that have none of their own."""
        return self.password.get_secret_value() if self.password is not None else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """That password."""
        return (*super().secrets, *([self.secret] if self.secret is not None else []))


class ControllerSettings(AccountSettings):
    """What controllers are made to do, and when."""

    bacnet_interface: str | None = Field(None, alias="BACNET_INTERFACE")
    settle_time_s: NonNegativeFloat | None = Field(None, alias="ECY_SETTLE_TIME")
    couple_time_s: NonNegativeFloat = Field(5.0, alias="ECY_COUPLE_TIME")
    refresh_time_s: PositiveFloat = Field(60.0, alias="ECY_REFRESH_TIME")
    hold_steps: NonNegativeInt = Field(3, alias="ECY_HOLD_STEPS")
    ramp_steps: NonNegativeInt = Field(10, alias="ECY_RAMP_STEPS")
    bench: Annotated[Literal["isolated"] | None, BeforeValidator(_lower)] = Field(None, alias="ECY_BENCH")
    unit_system: Annotated[Literal["SI", "US"], BeforeValidator(_upper)] = Field("SI", alias="UNIT_SYSTEM")
    timezone: str | None = Field(None, alias="DESIRED_TIMEZONE")
    clock_tolerance_s: PositiveFloat = Field(5.0, alias="ECY_CLOCK_TOLERANCE")
    allow_future: bool = Field(False, alias="ECY_FUTURE")

    @field_validator("timezone")
    @classmethod
    def _zone_is_known(cls, zone: str | None) -> str | None:
        if zone is not None and not is_known_zone(zone):
            raise ValueError(f"{zone!r} is not a time zone; use an IANA name like America/Chicago or US/Mountain")
        return zone


class LocalSettings(Part):
    """What is kept on this computer, and where."""

    log_file: Path = Field(Path("app.log"), alias="LOG_FILE")
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = Field(
        "INFO", alias="LOG_LEVEL"
    )
    state_dir: Path = Field(USUAL_STATE, alias="BRIDGE_STATE_DIR")
    records: bool = Field(True, alias="RECORD")
    record_max_gb: PositiveFloat = Field(2.0, alias="RECORD_MAX_GB", ge=0.01)
    own_runs_dir: Path | None = Field(None, alias="BRIDGE_RUNS_DIR")
    step_log: Path | None = Field(None, alias="STEP_LOG")
    status_file: Path | None = Field(None, alias="STATUS_FILE")
    former_state_dir: Path | None = None
    """Where earlier versions took the same words to mean, if both are there: what they took is given back, too."""
    unmoved_state_dir: Path | None = None
    """Where the state would be by now, if ``state_dir`` is where earlier versions kept it: nothing is left behind."""
    doubtful: tuple[Problem, ...] = ()
    """Names in the file that may be misspelt settings."""

    @field_validator("step_log")
    @classmethod
    def _step_log_has_a_source(cls, step_log: Path | None, info: ValidationInfo) -> Path | None:
        if step_log is not None and info.data.get("records") is False:
            raise ValueError(
                "it is written from the recording of a run, which RECORD=no switches off; remove one of them"
            )
        return step_log

    @property
    def runs_dir(self) -> Path:
        """Where recordings are."""
        return self.own_runs_dir if self.own_runs_dir is not None else self.state_dir / "runs"


class PageSettings(Part):
    """Who may come to the live page. Without an address it is on this computer only."""

    page_password: SecretStr | None = Field(None, alias="PAGE_PASSWORD", min_length=8)
    page_address: str = Field("127.0.0.1", alias="PAGE_ADDRESS")

    @field_validator("page_address")
    @classmethod
    def _address_is_guarded(cls, address: str, info: ValidationInfo) -> str:
        try:
            number = ipaddress.ip_address(address)
        except ValueError:
            raise ValueError(f"{address!r} is no IP address of this computer, as in 192.168.1.20, or 0.0.0.0") from None
        if not number.is_loopback and info.data.get("page_password", _UNSAID) is None:
            raise ValueError("others can reach a page there, so that it needs PAGE_PASSWORD as well")
        return str(number)

    @property
    def token(self) -> str | None:
        """What hands need; None where one is made for each run."""
        return self.page_password.get_secret_value() if self.page_password is not None else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The password."""
        return (*super().secrets, *([self.token] if self.token else []))


AnyPart = TypeVar("AnyPart", bound=Part)


class Settings(SimulationSettings, ControllerSettings, LocalSettings):
    """Everything that a run needs."""

    either: ClassVar[Alternatives] = (*SimulationSettings.either, *ControllerSettings.either)

    def part(self, kind: type[AnyPart]) -> AnyPart:
        """A part of it."""
        if not isinstance(self, kind):
            raise TypeError(f"{kind.__name__} is no part of the settings")
        return self


def _is_base_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (
        is_port and parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
    )


def _is_ipv6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6
    except ValueError:
        return False
