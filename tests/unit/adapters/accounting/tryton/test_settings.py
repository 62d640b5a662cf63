"""What the config may say."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from adapters.accounting.tryton.settings import TrytonSettings


def settings(url: str) -> TrytonSettings:
    return TrytonSettings.model_validate({"url": url, "database": "books", "company": 1, "key": "secret-key"})


@pytest.mark.parametrize(
    "url", ["https://tryton.example.org", "http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"]
)
def test_https_or_this_machine(url: str) -> None:
    assert settings(f"{url}/").url == url


@pytest.mark.parametrize(
    "url", ["http://tryton.example.org", "http://192.168.1.4:8000", "http://127.0.0.1.example.org"]
)
def test_the_key_never_travels_in_the_clear(url: str) -> None:
    with pytest.raises(ValidationError, match="write https"):
        settings(url)


@pytest.mark.parametrize("url", ["tryton.example.org", "ftp://tryton.example.org", ""])
def test_an_address_is_whole(url: str) -> None:
    with pytest.raises(ValidationError, match="whole address"):
        settings(url)


def test_the_key_is_not_shown() -> None:
    assert "secret-key" not in repr(settings("https://tryton.example.org"))
