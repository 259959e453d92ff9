"""Rendering: templates, stylesheet and script become one page. All text is cleaned and escaped on output."""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

import jinja2
from markupsafe import Markup

from wrapped_cli.text import clean

_LONGEST_TEXT: Final = 600


def _plain(value: object) -> object:
    """Remove control and direction characters from every text that a template prints."""
    return clean(value, _LONGEST_TEXT) if isinstance(value, str) and not isinstance(value, Markup) else value


def _with_units(text: str) -> str:
    """Return a sentence in which no line breaks between a number and its unit."""
    return re.sub(r"(?<=\d) (?=(?:h|min|s|XP)\b)", "\u00a0", text)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("wrapped_cli.preview", "templates"),
        autoescape=True,
        finalize=_plain,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["with_units"] = _with_units
    return environment


@cache
def _text(name: str) -> Markup:
    """Return a file of ours (not telemetry) unescaped."""
    return Markup((resources.files("wrapped_cli.preview") / "templates" / name).read_text("utf-8"))  # noqa: S704


def render(template: str, values: Mapping[str, Any], *, script: str | None = None) -> str:
    """Return a page.

    Args:
        template: the file's name in `templates`.
        values: what it shows.
        script: the file's name of the page's script, the only one that its policy lets run.
    """
    code = _text(script) if script else Markup()
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    allowed = Markup(f"'sha256-{digest}'" if script else "'none'")  # noqa: S704
    return (
        _environment()
        .get_template(template)
        .render({**values, "style": _text("style.css"), "script": code, "script_hash": allowed})
    )
