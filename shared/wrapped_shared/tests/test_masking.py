"""Passwords: whatever characters they contain, no part is shown, and none is parsed as a host."""

import string
from functools import cache
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymongo.errors import PyMongoError
from wrapped_shared.http import PoliteClient
from wrapped_shared.masking import is_ambiguous, masked
from wrapped_shared.mongo import MongoUnavailable, connect, describe_error
from wrapped_shared.settings import SettingsError

PASSWORDS = st.text(string.printable, min_size=3, max_size=30)
OTHER_FAILURES = ("/", "%", "\a")
"""Passwords too short to leak: one that is ambiguous, one that is not percent-encoded, one that MongoDB forbids."""
NOWHERE = "/?serverSelectionTimeoutMS=1&heartbeatFrequencyMS=10000"
FORMS = (
    "mongodb://bob:{}@127.0.0.1:1" + NOWHERE,
    "mongodb://bob:{}@127.0.0.1:1,127.0.0.1:2/db" + NOWHERE,
    "mongodb://{}@127.0.0.1:1" + NOWHERE,
    "mongodb://127.0.0.1:1" + NOWHERE + "&tlsCertificateKeyFilePassword={}",
    "mongodb://127.0.0.1:1" + NOWHERE + "&authMechanismProperties={}",
    "mongodb://bob:{}@127.0.0.1:port",
    "mongodb://bob:{}@[::1",
    "mongodb://bob:{}@127.0.0.1:1/?w",
    "mongodb://bob:{}@127.0.0.1:1/a$b",
    "mongodb+srv://bob:{}@127.0.0.1:1",
    "mongo://bob:{}@127.0.0.1:1",
    "bob:{}@127.0.0.1:1",
)


def failure(uri: str) -> str:
    """The message shown when this server cannot be used."""
    try:
        with connect(uri) as client:
            client.admin.command("ping")
    except MongoUnavailable as error:
        return str(error)
    except PyMongoError as error:
        return describe_error(error, uri)
    raise AssertionError("expected a failure")


@cache
def harmless_failures(form: str) -> str:
    return "\n".join(failure(form.format(password)) for password in ("x", *OTHER_FAILURES))


def leaks(secret: str, text: str, harmless: str) -> set[str]:
    """Every run of three characters of a secret that a text shows but would not show without it."""
    pieces = {secret[start : start + 3] for start in range(len(secret) - 2)}
    return {piece for piece in pieces if piece in text and piece not in harmless}


@pytest.mark.slow
@given(password=PASSWORDS, form=st.sampled_from(FORMS), escaped=st.booleans())
def test_no_failure_shows_three_characters_in_a_row_of_a_password(password: str, form: str, escaped: bool) -> None:
    written = quote_plus(password) if escaped else password
    text = failure(form.format(written))
    assert not leaks(password, text, harmless_failures(form))
    assert not leaks(written, text, harmless_failures(form))


@given(password=PASSWORDS, path=st.sampled_from(["", "/db", "/db?w=1&proxyPassword=x"]))
def test_a_masked_url_has_no_secrets(password: str, path: str) -> None:
    shown = masked(f"mongodb://bob:{password}@h{path}")
    assert shown == f"mongodb://***@h{path.partition('?')[0]}"


def test_a_url_without_secrets_is_shown_unchanged() -> None:
    assert masked("mongodb://127.0.0.1:5,127.0.0.1:6/db") == "mongodb://127.0.0.1:5,127.0.0.1:6/db"
    assert masked("mongodb+srv://u:p://q@h") == "mongodb+srv://***@h"
    assert masked("u:p@h") == "***@h"


@pytest.mark.parametrize(
    ("address", "ambiguous"),
    [
        ("mongodb://h/db", False), ("mongodb://u:p#w@h/db?w=1", False), ("mongodb://u:p%2Fw@h/db", False),
        ("mongodb://u:12/34@h", True), ("mongodb://u:p@q@h", True), ("mongodb://u:p?w=1@h", True),
        ("mongodb://h/?appName=a@b", True),
    ],
)  # fmt: skip
def test_urls_that_libraries_would_misparse_are_detected(address: str, ambiguous: bool) -> None:
    assert is_ambiguous(address) is ambiguous


@given(password=PASSWORDS, scheme=st.sampled_from(["http://", "https://", "ftp://", ""]))
def test_a_base_url_with_a_password_is_rejected_without_showing_it(password: str, scheme: str) -> None:
    def refusal(password: str) -> str:
        with pytest.raises(SettingsError) as caught:
            PoliteClient(f"{scheme}bob:{password}@127.0.0.1:1", contact="a@b.c", product="tests/1")
        return str(caught.value)

    assert not leaks(password, refusal(password), refusal("x"))
