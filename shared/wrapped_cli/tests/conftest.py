"""Fixtures of several test modules."""

from collections.abc import Iterator

import pytest
from browser_pages import chromium
from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started
