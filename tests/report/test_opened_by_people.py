"""Reports opened by the programs that people open them with: a word processor and a browser."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from sample_document import BANNER, sample

OFFICE = shutil.which("soffice")
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
#: No look at the network, no sandbox (tests may run as root), no first-run page.
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-quic")  # fmt: skip


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-1000:]
    return done.stdout


@pytest.mark.skipif(OFFICE is None or shutil.which("pdftotext") is None, reason="soffice or pdftotext is not installed")
def test_word_opens_in_a_word_processor(tmp_path: Path) -> None:
    document = sample(tmp_path)
    document.write(tmp_path / "report.docx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    run(
        str(OFFICE),
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "report.docx"),
    )
    text = run("pdftotext", "-layout", str(tmp_path / "report.pdf"), "-")
    # Every table and figure is there under its number, and the warning stands on every page.
    for number in range(1, len(document.tables()) + 1):
        assert re.search(rf"^\s*Table {number}$", text, re.MULTILINE), number
    assert "Figure 1" in text
    pages = [page for page in text.split("\f") if page.strip()]
    assert all(BANNER in page for page in pages)


@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
def test_the_page_opens_in_a_browser_and_asks_for_nothing_else(tmp_path: Path) -> None:
    document = sample(tmp_path)
    page = document.write(tmp_path / "report.html")
    profile = f"--user-data-dir={tmp_path}/profile"
    seen = run(str(BROWSER), *QUIET, profile, "--dump-dom", page.as_uri())
    assert seen.count("<table") == len(document.tables())
    assert BANNER in seen
    # The picture is part of the page, and nothing in it points elsewhere.
    assert "<svg" in seen
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", seen)
    shot = tmp_path / "page.png"
    run(str(BROWSER), *QUIET, profile, "--window-size=390,1200", f"--screenshot={shot}", page.as_uri())
    assert shot.stat().st_size > 10_000


def test_the_word_file_is_a_sound_package(tmp_path: Path) -> None:
    sample(tmp_path).write(tmp_path / "report.docx")
    with zipfile.ZipFile(tmp_path / "report.docx") as package:
        assert package.testzip() is None
        assert "word/document.xml" in package.namelist()
