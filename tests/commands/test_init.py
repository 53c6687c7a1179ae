"""``python main.py init``: something to begin with, and nothing of anybody's lost."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from commands.line import main
from tests.command_line import ROOT


def test_what_is_shipped_is_written_to_be_filled_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "site"
    assert main(["init", str(folder)]) == 0
    assert (folder / ".env").read_text(encoding="utf-8") == (ROOT / ".env.example").read_text(encoding="utf-8")
    config = (ROOT / "configs" / "AHU.json").read_text(encoding="utf-8")
    assert (folder / "configs" / "AHU.json").read_text(encoding="utf-8") == config
    told = capsys.readouterr().out
    assert f"wrote {folder / '.env'}" in told
    assert f"check --env {folder / '.env'} --configs {folder / 'configs'}" in told


def test_what_is_there_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".env").write_text("MINE=1\n", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 0
    assert (tmp_path / ".env").read_text(encoding="utf-8") == "MINE=1\n"
    told = capsys.readouterr().out
    assert f"kept {tmp_path / '.env'}, which was there" in told
    assert f"wrote {tmp_path / 'configs' / 'AHU.json'}" in told


def test_a_sites_own_configs_get_no_example_among_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "configs" / "VAV.json"
    own.parent.mkdir()
    own.write_text("{}", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 0
    assert list(own.parent.iterdir()) == [own]
    assert f"kept {own}, which was there" in capsys.readouterr().out


def test_what_to_type_next_can_be_typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "our site"
    assert main(["init", str(folder)]) == 0
    typed = shlex.split(capsys.readouterr().out.splitlines()[-1])
    assert typed[-4:] == ["--env", str(folder / ".env"), "--configs", str(folder / "configs")]


@pytest.mark.parametrize("in_the_way", [".env", "configs/AHU.json"])
def test_a_folder_in_the_place_of_a_file_is_named(
    in_the_way: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / in_the_way).mkdir(parents=True)
    assert main(["init", str(tmp_path)]) == 2
    assert f"{tmp_path / in_the_way}: cannot be written: " in capsys.readouterr().err


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "configs").write_text("", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 2
    assert f"{tmp_path / 'configs' / 'AHU.json'}: cannot be written" in capsys.readouterr().err
