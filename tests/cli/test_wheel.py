"""What travels with the package: all an installed `yizhan` reads."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_OUT = {".pyc", ".orig"}


def test_content_languages_and_pages_are_in_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hatchling.build import build_wheel

    monkeypatch.chdir(ROOT)
    with zipfile.ZipFile(tmp_path / build_wheel(str(tmp_path))) as wheel:
        names = set(wheel.namelist())
    for folder, inside in (("content", "bot/_data/content"), ("locale", "bot/_data/locale"), ("bot", "bot")):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix not in LEFT_OUT:
                assert f"{inside}/{path.relative_to(ROOT / folder).as_posix()}" in names
    assert not [name for name in names if name.startswith(("tests/", "content/", "data/"))]
