"""`yizhan run` as a process of its own: it says where it is, waits for nobody, and ends when told to."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def mute() -> Iterator[str]:
    """The address of a platform that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_mute_platform_holds_nothing_up(migrated_here: Path, mute: str) -> None:
    platforms = {
        "YIZHAN_TELEGRAM_TOKEN": "1:token",
        "YIZHAN_TELEGRAM_API_URL": mute,
        "YIZHAN_WECHAT_APP_ID": "wx",
        "YIZHAN_WECHAT_APP_SECRET": "secret",
        "YIZHAN_WECHAT_TOKEN": "token",
        "YIZHAN_WECHAT_API_URL": mute,
    }
    command = [sys.executable, "-m", "bot", "run", "--port", "0"]
    surroundings = {**os.environ, **platforms}
    with subprocess.Popen(
        command, cwd=migrated_here, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            told = "".join(process.stdout.readline() for _line in range(3))
            address = re.search(r"http://127\.0\.0\.1:[1-9]\d*", told)
            assert address, told
            with urllib.request.urlopen(f"{address[0]}/readyz", timeout=20) as ready:
                assert ready.status == 200
            process.send_signal(signal.SIGTERM)
            _out, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0
    assert "telegram, web, wechat" in told
    assert "Traceback" not in err


def test_a_port_in_use_is_one_line(yizhan, migrated_here: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"can't listen on 127.0.0.1:{port}: Address already in use" in yizhan("run", "--port", port).refuses()
