"""What has been given back is said as it happens; what cannot be is said once, until that changes."""

from __future__ import annotations

import logging

import pytest

from ledger import Outcome, Receipt
from ledger.giving_back.receipt_log import ReceiptLog

RELEASED = Receipt("10.0.0.1", "AnalogValue 1 StaticSetpoint slot 12", Outcome.RELEASED)
STUCK = Receipt("10.0.0.2", "AnalogValue 1 StaticSetpoint slot 12", Outcome.FAILED, "no answer")


@pytest.fixture
def subject() -> ReceiptLog:
    return ReceiptLog(logging.getLogger("somebody"), logging.INFO)


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def said(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    told = [(record.levelno, record.getMessage()) for record in caplog.records]
    caplog.clear()
    return told


def test_what_is_given_back_is_said_each_time(subject: ReceiptLog, caplog: pytest.LogCaptureFixture) -> None:
    subject.note([RELEASED])
    subject.note([RELEASED])
    assert said(caplog) == [(logging.INFO, str(RELEASED))] * 2
    assert subject.said == [RELEASED, RELEASED]


def test_what_cannot_be_given_back_is_said_once(subject: ReceiptLog, caplog: pytest.LogCaptureFixture) -> None:
    subject.note(iter([STUCK]))
    assert said(caplog) == [(logging.WARNING, f"{STUCK}; trying again until it is")]
    subject.note([STUCK, RELEASED])
    assert said(caplog) == [(logging.INFO, str(RELEASED))]
    assert subject.said == [STUCK, RELEASED]


def test_what_could_be_given_back_in_between_is_said_again(
    subject: ReceiptLog, caplog: pytest.LogCaptureFixture
) -> None:
    subject.note([STUCK])
    subject.note([])
    said(caplog)
    subject.note([STUCK])
    assert [level for level, _ in said(caplog)] == [logging.WARNING]


def test_one_that_was_given_back_and_fails_later_is_said(subject: ReceiptLog, caplog: pytest.LogCaptureFixture) -> None:
    subject.note([Receipt(STUCK.device, STUCK.what, Outcome.RELEASED)])
    said(caplog)
    subject.note([STUCK])
    assert [level for level, _ in said(caplog)] == [logging.WARNING]
