"""The site explorer as it is called: real commands, real sockets, plain BACpypes3 devices."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import pytest
import yaml
from bacpypes3.local.analog import AnalogOutputObject
from bacpypes3.primitivedata import Null, Real
from rich.console import Console

from clients.bacnet.results import Untyped
from clients.bacnet.stack import BACnetStack
from commands import line
from commands.verbs import bacnet as command
from supervisory.explorer import session, verifying
from supervisory.explorer.report import Report, sane, show, shown
from supervisory.explorer.session import default_interface, reference
from tests.clients.bacnet.router import router
from tests.clients.bacnet.server import Server, device, inputs
from tests.ports import free_port
from tests.supervisory.exploring import NOBODY, explore, parsed, told
from tests.waiting import DEADLINE_S, eventually
from utils.errors import BridgeError, ConfigError, DeviceRefused, DeviceUnreachable, ObjectError

ROOT = Path(__file__).parents[2]
DAMPER, SETPOINT = "analog-output,1", "analog-value,7"


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with device(is_bbmd=True) as server:
        yield server


@pytest.fixture
def peer() -> Iterator[Server]:
    with device() as server:
        yield server


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "PATIENCE_S", 0.0)


def test_devices_are_found_through_a_bbmd(shared: Server) -> None:
    code, found = told("whois", "--foreign", shared.address)
    assert (code, [item["instance"] for item in found]) == (0, [500])
    assert told("whois", "501", "--foreign", shared.address) == (1, [])
    assert [item["address"] for item in told("whois", "--at", shared.address)[1]] == [shared.address]


def test_nobody_found_says_what_to_look_at() -> None:
    code, printed = explore("whois", "1", "5")
    assert code == 1
    assert "nobody answered; is --interface the right network" in printed


def test_an_object_is_found_by_name_and_by_identifier(shared: Server) -> None:
    code, found = told("whohas", "--name", "Damper", "--foreign", shared.address)
    assert (code, found[0]["object"], found[0]["device"]) == (0, DAMPER, 500)
    assert told("whohas", "--object", DAMPER, "--foreign", shared.address)[1] == found
    assert told("whohas", "--name", "Nothing", "--foreign", shared.address)[0] == 1


def test_routers_are_found() -> None:
    with router(network=7, stations=(2,)) as between:
        code, found = told("router", "--foreign", between.address)
        assert (code, found) == (0, [{"address": between.address, "networks": [7]}])
        assert told("read", "7:2", DAMPER, "--foreign", between.address)[1]["value"] == 30.0
    assert told("router", "8")[0] == 1


def test_a_devices_points_are_a_table_a_document_and_a_file(shared: Server, tmp_path: Path) -> None:
    file = tmp_path / "points.yaml"
    code, printed = explore("points", shared.address, "--yaml", str(file))
    saved = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert (code, saved["device"], len(saved["points"])) == (0, 500, 13)
    assert "SupplyTemp" in [point["name"] for point in saved["points"]]
    assert saved == told("points", shared.address)[1]
    assert "SupplyTemp" in printed
    assert "degrees-celsius" in printed


def test_names_in_a_pipe_are_on_one_line_however_long(shared: Server) -> None:
    out = io.StringIO()
    command.run(parsed("points", shared.address), Console(file=out, width=20))
    lines = [line.split() for line in out.getvalue().splitlines()]
    assert ["analog-input,1", "SupplyTemp", "12.5", "degrees-celsius"] in [line[:4] for line in lines]


def test_where_a_terminal_is_too_narrow_for_every_column_nothing_is_cut() -> None:
    told = io.StringIO()
    screen = Console(file=told, force_terminal=True, color_system=None, width=40)
    cells = ("127.0.0.1:47820", "analog-value,3", "HeatingCoilSupplyTemp", 24.67429, "other")
    show(screen, Report("1 slot", ("device", "object", "name", "value", "owner"), [cells], []), as_json=False)
    assert set(told.getvalue().split()) >= {str(cell) for cell in cells}


def test_a_narrow_terminal_does_without_descriptions(shared: Server) -> None:
    out = io.StringIO()
    command.run(parsed("points", shared.address), Console(file=out, width=72, force_terminal=True, color_system=None))
    assert "description" not in out.getvalue()
    assert "degrees-celsius" in out.getvalue()


def test_a_narrow_terminal_cuts_nothing_that_an_audit_has_found(peer: Server) -> None:
    peer.set(DAMPER, "objectName", long := "Air handling unit 3, outdoor air damper, command")
    told("write", peer.address, DAMPER, "42.5", "--priority", "8")
    for devices, titles in (((peer.address,), "object"), ((peer.address, peer.address), "device")):
        out = io.StringIO()
        console = Console(file=out, width=60, force_terminal=True, color_system=None)
        command.run(parsed("audit", *devices), console)
        title, headings, row, *_ = out.getvalue().splitlines()
        assert (headings.split()[0], peer.address in title + row) == (titles, True)
        assert row.split()[-4:] == [DAMPER, "8", "42.5", "operator"]
        assert long not in row


def test_points_of_one_type_of_a_device_by_its_instance(shared: Server) -> None:
    code, found = told("points", "500", "--type", "analog-output", "--foreign", shared.address)
    assert (code, [point["object"] for point in found["points"]]) == (0, [DAMPER])


def test_a_file_that_cannot_be_written_is_an_error(shared: Server, tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match="cannot write"):
        explore("points", shared.address, "--yaml", str(tmp_path))


def test_a_property_is_read(shared: Server) -> None:
    code, reading = told("read", shared.address, "analog-input,1")
    assert (code, reading["value"], reading["unit"], reading["quality"]) == (0, 12.5, "degrees-celsius", "good")
    assert told("read", shared.address, f"{DAMPER}/object-name")[1]["value"] == "Damper"
    assert told("read", shared.address, "device,500/object-list[1]")[1]["value"] == "device,500"
    code, printed = explore("read", shared.address, "analog-input,1")
    assert "12.5" in printed


def test_what_cannot_be_read_is_an_error() -> None:
    with pytest.raises(DeviceUnreachable):
        explore("read", f"127.0.0.1:{free_port()}", DAMPER, *NOBODY)


def test_an_unknown_object_is_an_error(shared: Server) -> None:
    with pytest.raises(ObjectError, match="unknown-object"):
        explore("read", shared.address, "analog-input,999")
    with pytest.raises(ConfigError, match="did you mean"):
        explore("read", shared.address, "analog-inpt,1")


def test_several_properties_are_read_with_what_is_wrong_beside_them(shared: Server) -> None:
    code, readings = told("rpm", shared.address, DAMPER, "analog-input,1/units", "analog-input,999")
    assert code == 1
    assert [reading["value"] for reading in readings] == [30.0, "degrees-celsius", None]
    assert "unknown-object" in readings[2]["error"]


def test_a_value_is_written_shown_and_given_back(peer: Server) -> None:
    code, document = told("write", peer.address, DAMPER, "55.5", "--priority", "8")
    (line,) = document["writes"]
    assert (code, line["property"], line["was"], line["is"]) == (0, "priority-array[8]", None, 55.5)
    assert peer.slot(DAMPER, 8) == 55.5
    code, slots = told("priority-array", peer.address, DAMPER)
    assert (code, slots[7], slots.count(None)) == (0, 55.5, 15)
    code, document = told("write", peer.address, DAMPER, "null", "--priority", "8")
    assert (document["writes"][0]["was"], document["writes"][0]["is"], peer.slot(DAMPER, 8)) == (55.5, None, None)
    assert "all slots are free" in explore("priority-array", peer.address, DAMPER)[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("write", DAMPER, "55.5", "--priority", "8"),
        ("wpm", f"{DAMPER}=55.5", f"{SETPOINT}=20", "--priority", "8"),
        ("release", DAMPER, "--priority", "12"),
        ("timesync",),
    ],
)
def test_nothing_is_written_in_a_dry_run(peer: Server, arguments: tuple[str, ...]) -> None:
    verb, *rest = arguments
    code, printed = explore(verb, peer.address, *rest, "--dry-run")
    assert code == 0
    assert "nothing was written" in printed
    assert not [name for name in peer.counts if name.startswith(("Write", "Time"))]


@pytest.mark.parametrize(
    ("value", "options", "words"),
    [
        ("55", (), "a priority is needed"),
        ("55", ("--priority", "6"), "priority 6 is reserved"),
        ("55", ("--priority", "17"), "not a priority"),
        ("nan", ("--priority", "8"), "not a finite number"),
        ("warm", ("--priority", "8"), "not a finite number"),
    ],
)
def test_what_must_not_be_written_is_refused_also_in_a_dry_run(
    peer: Server, value: str, options: tuple[str, ...], words: str
) -> None:
    for dry in ((), ("--dry-run",)):
        with pytest.raises(ConfigError, match=words):
            explore("write", peer.address, DAMPER, value, *options, *dry)
    assert not peer.counts["WriteProperty"]


def test_an_input_is_forced_without_a_priority(peer: Server) -> None:
    assert explore("write", peer.address, "analog-input,1/out-of-service", "true")[0] == 0
    assert told("write", peer.address, "analog-input,1", "17")[1]["writes"][0]["is"] == 17.0


def test_slots_are_told_as_people_write_them(peer: Server) -> None:
    code, printed = explore("write", peer.address, "binary-output,1", "active", "--priority", "8")
    last = printed.splitlines()[-1].split()
    assert (code, last) == (0, ["binary-output,1", "priority-array[8]", "null", "active", "active"])
    assert told("rpm", peer.address, "binary-output,1/priority-array[8]")[1][0]["value"] is True
    assert told("read", peer.address, "binary-output,1/priority-array")[1]["value"][7] is True


def test_a_refusal_is_told_once_in_its_line(peer: Server) -> None:
    printed = explore("wpm", peer.address, "analog-value,9=3", "--priority", "12")[1]
    assert printed.splitlines()[-1].endswith(" write-access-denied")
    assert printed.count("analog-value,9") == 1


def test_several_values_are_written_and_a_refused_one_is_named(peer: Server) -> None:
    orders = (f"{DAMPER}=40", "analog-value,9=3", "binary-output,1=active")
    code, document = told("wpm", peer.address, *orders, "--priority", "12")
    assert code == 1
    assert [line["is"] for line in document["writes"]] == [40.0, None, True]
    assert "write-access-denied" in document["writes"][1]["error"]
    code, document = told("release", peer.address, DAMPER, "binary-output,1", "--priority", "12")
    assert (code, [line["is"] for line in document["writes"]]) == (0, [None, None])


class ZeroForNull(AnalogOutputObject):  # type: ignore[misc]
    """Takes Null for the number 0."""

    async def write_property(self, attr: Untyped, value: Untyped, *rest: Untyped) -> None:
        await super().write_property(attr, Real(0.0) if isinstance(value, Null) else value, *rest)


class Clamping(AnalogOutputObject):  # type: ignore[misc]
    """Stores nothing above 15.5."""

    async def write_property(self, attr: Untyped, value: Untyped, *rest: Untyped) -> None:
        await super().write_property(attr, Real(min(value, 15.5)) if isinstance(value, Real) else value, *rest)


class Slow(AnalogOutputObject):  # type: ignore[misc]
    """Answers twice with what was before a write."""

    _later: ClassVar[list[Untyped]] = []

    async def write_property(self, *write: Untyped) -> None:
        self._later[:] = [None, None, write]

    async def read_property(self, *wanted: Untyped) -> Untyped:
        write = self._later.pop(0) if self._later else None
        if write is not None:
            await super().write_property(*write)
        return await super().read_property(*wanted)


@contextmanager
def one(kind: type) -> Iterator[Server]:
    """A device with one output of its own mind."""
    with device(lambda: [kind(objectIdentifier=DAMPER, objectName="Damper", presentValue=3.0)]) as server:
        yield server


def last_line(printed: str) -> str:
    return printed.splitlines()[-1]


def test_a_device_that_stores_0_for_null_has_released_nothing() -> None:
    with one(ZeroForNull) as peer:
        explore("write", peer.address, DAMPER, "5", "--priority", "8")
        for arguments in (("release", DAMPER), ("write", DAMPER, "null"), ("wpm", f"{DAMPER}=null")):
            verb, *rest = arguments
            code, printed = explore(verb, peer.address, *rest, "--priority", "8")
            assert (code, last_line(printed).endswith("NOT released: it holds 0")) == (1, True), printed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("write", DAMPER, "50", "--priority", "8"), "NOT taken: it holds 40"),
        (("write", DAMPER, "50", "--priority", "9"), "NOT taken: it holds null"),
        (("wpm", f"{DAMPER}=50", f"{SETPOINT}=19", "--priority", "8"), "NOT taken: it holds 40"),
        (("write", "binary-output,1", "active", "--priority", "8"), "NOT taken: it holds null"),
        (("write", "analog-input,1/out-of-service", "true"), "NOT taken: it holds inactive"),
        (("release", DAMPER, "--priority", "8"), "NOT released: it holds 40"),
    ],
)
def test_an_acknowledgement_alone_is_not_believed(peer: Server, arguments: tuple[str, ...], words: str) -> None:
    explore("wpm", peer.address, f"{DAMPER}=40", f"{SETPOINT}=20", "--priority", "8")
    peer.faults.pretends_to_write = True
    verb, *rest = arguments
    code, document = told(verb, peer.address, *rest)
    assert (code, document["writes"][0]["error"]) == (1, words)


def test_a_value_that_stood_there_already_or_loses_to_a_stronger_slot_has_been_taken(peer: Server) -> None:
    explore("write", peer.address, DAMPER, "40", "--priority", "8")
    assert explore("write", peer.address, DAMPER, "40", "--priority", "8")[0] == 0
    code, document = told("write", peer.address, DAMPER, "55", "--priority", "12")
    assert (code, document["writes"][0]["is"], document["writes"][0]["error"]) == (0, 55.0, "")
    assert told("read", peer.address, DAMPER)[1]["value"] == 40.0
    assert explore("wpm", peer.address, f"{DAMPER}=1", f"{DAMPER}=33.37", "--priority", "9")[0] == 0


def test_what_a_device_has_made_of_a_value_is_said() -> None:
    with one(Clamping) as peer:
        code, printed = explore("write", peer.address, DAMPER, "33.37", "--priority", "8")
        assert (code, last_line(printed)) == (0, f"{DAMPER}: the device has made 15.5 of 33.37")
        assert explore("write", peer.address, DAMPER, "33.37", "--priority", "8")[0] == 1  # nothing has changed


def test_a_device_that_answers_with_what_was_before_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "PATIENCE_S", 30.0)
    with one(Slow) as peer:
        assert explore("write", peer.address, DAMPER, "33.37", "--priority", "8")[0] == 0


def test_a_slot_that_is_not_told_alone_is_found_in_the_array(peer: Server) -> None:
    peer.faults.tells_no_elements = True
    code, document = told("write", peer.address, DAMPER, "55.5", "--priority", "8")
    (line,) = document["writes"]
    assert (code, line["was"], line["is"]) == (0, None, 55.5)
    peer.faults.pretends_to_write = True
    code, document = told("release", peer.address, DAMPER, "--priority", "8")
    assert (code, document["writes"][0]["error"]) == (1, "NOT released: it holds 55.5")


def test_without_slots_to_see_a_write_is_judged_by_its_present_value_and_a_release_by_nothing(peer: Server) -> None:
    peer.faults.denies_property = "priority-array"
    code, document = told("write", peer.address, DAMPER, "55.5", "--priority", "8")
    assert code == 0
    assert document["writes"][0]["note"] == f"{DAMPER}: it shows no slots; its present-value is what was written"
    code, document = told("release", peer.address, DAMPER, "--priority", "8")
    assert (code, document["writes"][0]["error"]) == (1, "not verified: it does not show its slots")
    explore("write", peer.address, DAMPER, "60", "--priority", "5")
    assert told("write", peer.address, DAMPER, "70", "--priority", "8")[0] == 1


def test_a_device_that_falls_silent_after_its_acknowledgement_is_told_with_the_write(peer: Server) -> None:
    handle = peer.application.do_WritePropertyRequest

    async def taken_with_a_last_word(apdu: Untyped) -> None:
        await handle(apdu)
        peer.faults.is_silent = True

    peer.loop.do(lambda: setattr(peer.application, "do_WritePropertyRequest", taken_with_a_last_word))
    code, document = told("write", peer.address, DAMPER, "55.5", "--priority", "8", "--timeout", "1")
    (line,) = document["writes"]
    assert (code, line["written"], line["is"], peer.slot(DAMPER, 8)) == (1, "55.5", None, 55.5)
    assert line["error"].startswith("not verified: ")


def test_changes_are_told_as_they_come(peer: Server) -> None:
    peer.set("analog-input,1", "presentValue", 13.0)
    code, printed = explore("cov", peer.address, "analog-input,1", "--count", "1")
    assert code == 0
    assert "analog-input,1 13" in printed
    assert not peer.application._cov_detections


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a child cannot be sent Ctrl+C alone there")
def test_listening_ends_with_ctrl_c_and_unsubscribes(peer: Server) -> None:
    arguments = [sys.executable, "main.py", "bacnet", "cov", peer.address, "analog-input,1", "--seconds", "600"]
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603
        assert child.stdout is not None
        heard = child.stdout.readline().split()
        child.send_signal(signal.SIGINT)
        assert child.wait(DEADLINE_S) == 0
        child.stdout.read()
    assert heard == ["analog-input,1", "12.5", "degrees-celsius"]
    assert not peer.application._cov_detections


def test_the_command_line_ends_with_its_exit_codes(peer: Server, capsys: pytest.CaptureFixture[str]) -> None:
    def ended(*arguments: str) -> tuple[int, str, str]:
        code = line.main(["bacnet", *arguments])
        return code, *capsys.readouterr()

    code, out, _ = ended("read", peer.address, DAMPER, "--json")
    assert (code, json.loads(out)["value"]) == (0, 30.0)
    code, out, complaint = ended("write", peer.address, DAMPER, "5")
    assert (code, out, "a priority is needed" in complaint) == (2, "", True)
    code, _, complaint = ended("read", peer.address, "analog-inpt,1")
    assert (code, "did you mean" in complaint) == (2, True)


def test_a_listing_names_what_could_not_be_read_and_ends_with_code_1(
    peer: Server, caplog: pytest.LogCaptureFixture
) -> None:
    peer.faults.cannot_send_whole, peer.faults.spoils = "object-list", "other"
    peer.faults.rejects.add("ReadPropertyMultiple")
    peer.add(lambda: inputs(3))
    code, printed = explore("points", peer.address)
    assert code == 1
    assert f"{peer.address}: not read: device,500 object-list[16]: other" in printed
    assert "Damper" in printed
    assert told("points", peer.address)[0] == 1
    assert "object-list[16]: other" in caplog.text, "on the other stream, beside the document"
    code, printed = explore("audit", peer.address)
    assert (code, "no slot is occupied in what could be looked into" in printed) == (1, True)


def test_objects_are_given_by_hand_where_a_device_does_not_tell_them(overridden: Server) -> None:
    overridden.faults.denies_property = "object-list"
    with pytest.raises(ObjectError, match="its objects can be named by hand"):
        explore("points", overridden.address)
    code, found = told("points", overridden.address, "--object", DAMPER, "--object", SETPOINT)
    assert (code, [point["name"] for point in found["points"]]) == (0, ["Damper", "Setpoint"])
    code, found = told("audit", overridden.address, "--object", SETPOINT)
    assert (code, {slot["object"] for slot in found["slots"]}) == (0, {SETPOINT})
    with pytest.raises(ConfigError, match="--object names objects of one device"):
        explore("audit", overridden.address, "127.0.0.1:1", "--object", SETPOINT)


@pytest.fixture
def twins() -> Iterator[list[Server]]:
    """Two devices with the same number."""
    with device(instance=7000, is_bbmd=True) as one, device(instance=7000, bbmd=one.address) as other:
        yield sorted([one, other], key=lambda server: server.address)


@pytest.mark.parametrize(
    "verb",
    [
        ("write", "7000", DAMPER, "1", "--priority", "8"),
        ("write", "7000", DAMPER, "1", "--priority", "8", "--dry-run"),
        ("wpm", "7000", f"{DAMPER}=1", "--priority", "8"),
        ("release", "7000", DAMPER, "--priority", "8"),
        ("timesync", "7000"),
        ("audit", "7000", "--release", "8", "--rule", "rules.json", "--yes"),
    ],
)
def test_nothing_is_written_by_a_number_that_two_devices_have(twins: list[Server], verb: tuple[str, ...]) -> None:
    one, other = twins
    with pytest.raises(DeviceRefused, match=f"answers from {one.address} and {other.address}"):
        explore(*verb, "--foreign", next(server for server in twins if server.is_bbmd).address, "--timeout", "0.3")
    for server in twins:
        assert not server.times
        assert not {name for name in server.counts if name.startswith("Write")}


def test_whoever_reads_by_a_number_that_two_devices_have_is_told_which_this_is(twins: list[Server]) -> None:
    bbmd = next(server for server in twins if server.is_bbmd).address
    where = f"device 7000 answers from {twins[0].address} and from {twins[1].address}"
    _, printed = explore("read", "7000", DAMPER, "--foreign", bbmd)
    assert f"{where}: two have one number, or one two addresses; this is 127.0.0.1:" in printed
    code, printed = explore("whois", "--foreign", bbmd)
    assert code == 0
    assert f"{where}: two have one number, or one two addresses; write by address" in printed


def test_an_explorer_whose_number_somebody_has_takes_another(peer: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "WAIT_S", 0.2)
    told: list[str] = []
    with device(instance=61, is_bbmd=True) as other:
        ours = BACnetStack("127.0.0.1/24:0", instance=61, foreign=other.address, is_hidden=True)
        with ours, session.own_number(ours, told.append), BACnetStack("127.0.0.1/24:0") as third:

            def found() -> list[int]:
                heard = third.ask(lambda client: client.who_is(address=ours.address, wait_s=0.1))
                return [device.instance for device in heard]

            eventually(lambda: found() == [60])
    assert told == [f"device number 61, the explorer's own, is also that of {other.address}: it takes another"]


def test_listening_ends_by_itself(peer: Server) -> None:
    code, changes = told("cov", peer.address, "analog-input,1", "--seconds", "0")
    assert (code, len(changes) <= 1) == (0, True)


def test_a_device_is_told_the_time(peer: Server) -> None:
    code, document = told("timesync", peer.address)
    assert (code, document["device"], len(peer.application.times)) == (0, 500, 1)


RULES = {"release": [{"priorities": [8, 9], "objects": ["AnalogOutput *"], "reason": "left by hand"}]}


@pytest.fixture
def overridden(peer: Server) -> Server:
    explore("wpm", peer.address, f"{DAMPER}=40", f"{SETPOINT}=19", "--priority", "8")
    explore("write", peer.address, DAMPER, "50", "--priority", "9")
    return peer


@pytest.fixture
def rules(tmp_path: Path) -> str:
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(RULES), encoding="utf-8")
    return str(file)


def test_every_occupied_slot_is_listed(overridden: Server) -> None:
    code, document = told("audit", overridden.address)
    key = f"bacnet://{overridden.address}"
    assert code == 0
    assert document["slots"] == [
        {"device": key, "object": DAMPER, "name": "Damper", "priority": 8, "value": 40.0, "owner": "operator"},
        {"device": key, "object": SETPOINT, "name": "Setpoint", "priority": 8, "value": 19.0, "owner": "operator"},
        {"device": key, "object": DAMPER, "name": "Damper", "priority": 9, "value": 50.0, "owner": "other"},
    ]


def test_the_strongest_slots_come_first_and_one_priority_can_be_asked_for(overridden: Server) -> None:
    printed = explore("audit", overridden.address)[1]
    priorities = [line.split()[3] for line in printed.splitlines()[2:]]
    assert priorities == ["8", "8", "9"]
    slots = told("audit", overridden.address, "--priority", "9")[1]["slots"]
    assert [(slot["object"], slot["value"]) for slot in slots] == [(DAMPER, 50.0)]


def test_no_override_and_a_silent_device_are_both_said(peer: Server) -> None:
    silent = f"127.0.0.1:{free_port()}"
    code, printed = explore("audit", peer.address, silent, "--timeout", "2")
    assert code == 1
    assert "no slot is occupied in what could be looked into" in printed
    assert f"bacnet://{silent}: not audited" in printed
    code, printed = explore("audit", peer.address)
    assert (code, printed.strip()) == (0, "no slot is occupied")


def test_releasing_by_rule_is_a_dry_run_unless_it_is_asked_for(overridden: Server, rules: str, tmp_path: Path) -> None:
    undo = tmp_path / "undo.jsonl"
    arguments = ("audit", overridden.address, "--release", "8", "--rule", rules, "--undo-file", str(undo))
    code, printed = explore(*arguments)
    assert code == 0
    assert "would be released: left by hand" in printed
    assert "stays: no rule names it" in printed
    assert "1 of 2 occupied slot(s) at priority 8" in printed
    assert "nothing was written" in printed
    assert (overridden.slot(DAMPER, 8), undo.exists()) == (40.0, False)


def test_what_was_released_is_put_back_from_the_undo_file(overridden: Server, rules: str, tmp_path: Path) -> None:
    undo = str(tmp_path / "undo.jsonl")
    arguments = ("audit", overridden.address, "--release", "8", "--rule", rules, "--undo-file", undo)
    code, document = told(*arguments, "--yes")
    outcomes = [slot["outcome"] for slot in document["slots"]]
    assert (code, outcomes) == (0, ["released", "stays: no rule names it"])
    assert (overridden.slot(DAMPER, 8), overridden.slot(DAMPER, 9)) == (None, 50.0)
    assert "would be put back" in explore("audit", "--undo", undo)[1]
    assert overridden.slot(DAMPER, 8) is None
    assert told("audit", "--undo", undo, "--yes")[1]["slots"][0]["outcome"] == "put back"
    assert overridden.slot(DAMPER, 8) == 40.0
    assert told("audit", overridden.address, "--undo", undo, "--yes")[1]["slots"][0]["outcome"] == "holds it already"


def test_neither_a_release_by_rule_nor_putting_back_is_believed_without_a_look(
    overridden: Server, rules: str, tmp_path: Path
) -> None:
    undo = str(tmp_path / "undo.jsonl")
    arguments = ("audit", overridden.address, "--release", "8", "--rule", rules, "--undo-file", undo, "--yes")
    overridden.faults.pretends_to_write = True
    code, document = told(*arguments)
    assert (code, document["slots"][0]["outcome"][:12]) == (1, "NOT released")
    overridden.faults.pretends_to_write = False
    assert told(*arguments)[0] == 0
    overridden.faults.pretends_to_write = True
    code, document = told("audit", "--undo", undo, "--yes")
    outcome = "NOT put back: the device has acknowledged it, and holds null"
    assert (code, document["slots"][0]["outcome"]) == (1, outcome)


def test_a_slot_that_somebody_has_taken_since_is_left_alone(overridden: Server, rules: str, tmp_path: Path) -> None:
    undo = str(tmp_path / "undo.jsonl")
    explore("audit", overridden.address, "--release", "8", "--rule", rules, "--undo-file", undo, "--yes")
    explore("write", overridden.address, DAMPER, "77", "--priority", "8")
    code, document = told("audit", "--undo", undo, "--yes")
    assert (code, document["slots"][0]["outcome"]) == (0, "left alone: it holds 77 now")
    assert overridden.slot(DAMPER, 8) == 77.0


def test_what_cannot_be_put_back_is_said(tmp_path: Path) -> None:
    undo = tmp_path / "undo.jsonl"
    line = {"device": "", "type": "AnalogOutput", "instance": 1, "name": "Damper", "priority": 8, "value": 4.0}
    keys = (f"bacnet://127.0.0.1:{free_port()}", "127.0.0.1:8443")
    undo.write_text("".join(json.dumps({**line, "device": key}) + "\n" for key in keys), encoding="utf-8")
    code, document = told("audit", "--undo", str(undo), "--yes", *NOBODY)
    unreachable, other = [slot["outcome"] for slot in document["slots"]]
    assert code == 1
    assert unreachable.startswith("NOT put back")
    assert other == "NOT put back: 127.0.0.1:8443 is no BACnet address"


@pytest.mark.parametrize(
    "arguments", [("audit",), ("audit", "500", "--release", "8"), ("audit", "500", "--rule", "rules.json")]
)
def test_options_of_an_audit_that_do_not_go_together_are_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError):
        explore(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("read", "nowhere", DAMPER),
        ("whois", "--at", "nowhere"),
        ("wpm", "500", DAMPER),
        ("rpm", "500", "analog-input,1/present-value/units"),
        ("whohas",),
        (),
    ],
)
def test_a_command_that_makes_no_sense_ends_with_code_2(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        explore(*arguments)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_the_address_towards_a_device_is_the_default_interface() -> None:
    assert default_interface(("127.0.0.1:47999",), asks_everybody=False) == "127.0.0.1/24:0"
    assert default_interface(("127.0.0.1:47999", "500"), asks_everybody=False) == "127.0.0.1/24:47808"
    assert default_interface((), asks_everybody=True).endswith("/24:47808")
    assert default_interface(("5:12",), asks_everybody=False).endswith("/24:0")


def test_a_reference_names_an_object_a_property_and_an_element() -> None:
    whole = reference("analog-output,1/priority-array[8]")
    assert (whole.object, whole.property, whole.index) == (DAMPER, "priority-array", 8)
    assert (reference(DAMPER).property, reference(DAMPER).index) == ("present-value", None)


def test_values_are_shown_as_people_read_them_and_saved_as_scripts_do() -> None:
    assert [shown(value) for value in (None, True, 20.1, 3, (1.0, None))] == ["", "active", "20.1", "3", "1, -"]
    assert sane({"a": (float("nan"), 1.0)}) == {"a": ["nan", 1.0]}
