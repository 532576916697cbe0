"""Files that wait to be fetched, with a clock in hand."""

import os
import re
import stat
from pathlib import Path

import pytest

from service.downloads import KEPT, Download, Downloads

FILE = Download("مقال_en.srt", "application/x-subrip", "text \u202eنص\r\n")


def store(folder: Path, at: float = 1e9, most: int = 10**6) -> Downloads:
    return Downloads(folder / "downloads", lambda: at, most)


def put(folder: Path, at: float, most: int = 10**6) -> str:
    made = store(folder, at, most).put(FILE)
    os.utime(folder / "downloads" / made, (at, at))
    return made


def test_a_file_comes_back_to_the_letter(tmp_path: Path) -> None:
    made = put(tmp_path, 1e9)
    assert re.fullmatch("[0-9a-f]{32}", made)
    assert store(tmp_path).get(made) == FILE
    assert stat.S_IMODE((tmp_path / "downloads").stat().st_mode) == 0o700


def test_a_file_is_kept_for_an_hour(tmp_path: Path) -> None:
    made = put(tmp_path, 1e9)
    assert store(tmp_path, 1e9 + KEPT - 1).get(made) == FILE
    assert store(tmp_path, 1e9 + KEPT + 1).get(made) is None
    assert store(tmp_path, 1e9 + KEPT - 1).expire() == 0
    assert store(tmp_path, 1e9 + KEPT + 1).expire() == 1
    assert list((tmp_path / "downloads").iterdir()) == []


def test_the_oldest_make_room(tmp_path: Path) -> None:
    first = put(tmp_path, 1e9)
    size = (tmp_path / "downloads" / first).stat().st_size
    second, third = put(tmp_path, 1e9 + 1), put(tmp_path, 1e9 + 2, most=2 * size)
    kept = [made for made in (first, second, third) if store(tmp_path).get(made)]
    assert kept == [second, third]


@pytest.mark.parametrize("made", ["", "..", "../mujaz.db", "A" * 32, "0" * 31, "0" * 32])
def test_there_is_nothing_elsewhere(tmp_path: Path, made: str) -> None:
    (tmp_path / "mujaz.db").write_text("{}")
    put(tmp_path, 1e9)
    assert store(tmp_path).get(made) is None


def test_no_folder_is_no_files(tmp_path: Path) -> None:
    assert store(tmp_path).get("0" * 32) is None
    assert store(tmp_path).expire() == 0
    assert not (tmp_path / "downloads").exists()
