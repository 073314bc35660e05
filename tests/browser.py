"""Chromium for tests of pages: Debian's, without a network, driven by Playwright."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def needs_chromium() -> None:
    """Skip a test where there is no Chromium or nothing to drive it."""
    pytest.importorskip("playwright", reason="the extra `test` is not installed")
    if not CHROMIUM.exists():
        pytest.skip("no Chromium here")


@contextmanager
def browser() -> Iterator[Any]:
    """Start a Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        try:
            yield started
        finally:
            started.close()


@contextmanager
def opened(chromium: Any, file: Path, width: int = 1280, height: int = 900, hash_: str = "", **how: Any) -> Iterator[Any]:
    """Open a file in a page that may ask for nothing else and say nothing on its console."""
    context = chromium.new_context(viewport={"width": width, "height": height}, **how)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith(("file:", "blob:")) else None)
    page.goto(file.as_uri() + hash_)
    try:
        yield page
        assert said == []
    finally:
        context.close()
