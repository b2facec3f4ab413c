"""`make test`: finds or installs a browser, then runs all tests. The last line says when browser tests were skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = "Browser tests were SKIPPED: no browser was found and none could be installed."


def find_browser() -> str | None:
    """A browser of the system, else Playwright's own."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    caches = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    found = sorted(caches.glob("chromium*/*/chrome")) + sorted(caches.glob("chromium*/*/headless_shell"))
    return str(found[-1]) if found else None


def install_browser() -> None:
    """Install Debian's Chromium and a Chinese font when we may; failing is no error here."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-cjk"]):
        subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> int:
    """Run the tests; gives pytest's exit code."""
    browser = find_browser()
    if browser is None:
        install_browser()
        browser = find_browser()
    environment = {**os.environ}
    if browser is not None:
        environment["YIZHAN_TEST_BROWSER"] = browser
    workers = str(max(2, min(4, os.cpu_count() or 2)))
    command = [sys.executable, "-m", "pytest", "-n", workers, "--dist", "worksteal", "-q", *sys.argv[1:]]
    code = subprocess.run(command, env=environment, check=False).returncode
    if browser is None:
        print(NO_BROWSER)
    return code


if __name__ == "__main__":
    sys.exit(main())
