"""Pages of programs: written whole, in place of earlier ones, and no reason to end a program."""

from __future__ import annotations

from pathlib import Path

from supervisory.pages_folder import PagesFolder


def test_a_page_replaces_an_earlier_one_and_its_name_leads_nowhere_else(tmp_path: Path) -> None:
    pages = PagesFolder(tmp_path / "programs")
    for text in ("first", "second"):
        where = pages.publish("tests", "../AHU 1/east.html", text)
    assert Path(where) == tmp_path / "programs" / "tests-.._AHU_1_east.html"
    assert Path(where).read_text(encoding="utf-8") == "second"
    assert list((tmp_path / "programs").iterdir()) == [Path(where)]


def test_a_page_that_cannot_be_written_is_nowhere_and_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "programs").write_text("a file is in the way", encoding="utf-8")
    assert "cannot be written" in PagesFolder(tmp_path / "programs").publish("tests", "ahu.html", "text")
    (tmp_path / "room" / "tests-ahu.html").mkdir(parents=True)
    assert "cannot be written" in PagesFolder(tmp_path / "room").publish("tests", "ahu.html", "text")
    assert [file.name for file in (tmp_path / "room").iterdir()] == ["tests-ahu.html"]


def test_a_dry_run_keeps_no_page() -> None:
    assert PagesFolder(None).publish("tests", "ahu.html", "text") == "nowhere (a dry run)"
