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

from wrapped_cli.preview.fonts import font_css
from wrapped_cli.text import clean

_LONGEST_TEXT: Final = 600
_UNIT: Final = re.compile(r"(?<=\d) (?=(?:h|min|s|XP|K|M|B|T)\b)")
"""The space between a number and its unit, at which no line breaks."""
_COUNT: Final = re.compile(r"(?<![\w.,#])((?:0|[1-9]\d{0,2})(?:,\d{3})*(?:\.\d+)?)(?=%|[ \u00a0][A-Za-z])")
"""A number with a unit or a noun; years and levels have none."""


def _plain(value: object) -> object:
    """Remove control and direction characters from every text that a template prints."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _UNIT.sub("\u00a0", clean(value, _LONGEST_TEXT))


def _with_numbers(text: str) -> Markup:
    """Return a sentence, escaped, with its counts marked: the page's script counts them up."""
    found = _COUNT.split(str(_plain(text)))
    return Markup().join(
        Markup('<span class="n">{}</span>').format(part) if i % 2 else part for i, part in enumerate(found)
    )


def _longest_word(text: str) -> float:
    """Return the length of the longest word in average letters, by which headlines choose their size."""
    words = re.split(r"[ /-]", str(_plain(text)))
    return max(sum(1.5 if letter in "WMwm@%" else 1 for letter in word) for word in words)


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
    environment.filters["with_numbers"] = _with_numbers
    environment.filters["longest_word"] = _longest_word
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
        .render({**values, "style": font_css() + _text("style.css"), "script": code, "script_hash": allowed})
    )
