"""The modules of `wrapped_shared.stored`: a TypedDict for each model, made from the models alone.

Code builds documents as dicts, because models cost time; by these types the type checker finds a misspelt field.
Raw events are left aside: they are read, never built.
"""

import types
from collections.abc import Iterator, Mapping
from importlib import import_module
from keyword import iskeyword
from pkgutil import iter_modules
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, get_args, get_origin

from bson import ObjectId
from pydantic import BaseModel
from wrapped_shared import models, vocabulary

Imports: TypeAlias = set[tuple[str, str]]
"""Module and name."""

_NEVER_BUILT: Final = ("base", "raw")
"""Modules of `models` whose models are not built here: those that others are made of, and raw events."""
PARTIAL: Final = (
    "DayLedger",
    "DayRequest",
    "ForgottenPlayer",
    "HiscoresGains",
    "HiscoresPlayer",
    "LocationAlerts",
    "LootPrices",
    "OpenTurn",
    "PlanState",
    "PlayerDay",
    "PlayerHour",
    "PlayerMerge",
    "PlayerMonth",
    "RankRequest",
    "Removal",
    "ReportRequest",
    "RosterEntry",
    "RunNote",
    "Seal",
    "SpriteMetadata",
    "StatImage",
    "UpstreamHold",
    "UpstreamRequests",
    "Watermark",
    "WikiRows",
    "WikiTable",
    "WrappedReport",
)
"""Models that have a second TypedDict, none of whose fields is required: what an update sets."""

_WORDS: Final = {frozenset(get_args(words)): name for name, words in vars(vocabulary).items() if get_args(words)}
_STORED: Final = "wrapped_shared.stored"
_WIDTH: Final = 120
_MODULE: Final = '''"""Documents as dicts: a TypedDict for each model of `models.{module}`, which says what it means.

`<Model>Fields` has some of the fields: what an update sets, or a document while it is made. This module is made by
`python -m wrapped_devkit.contract`; change the models instead.
"""
'''


def typed_dict_modules() -> dict[str, str]:
    """Return the text of each module by file name."""
    found = [module.name for module in iter_modules(models.__path__) if module.name not in _NEVER_BUILT]
    return {f"{module}.py": _module(module) for module in found}


def _module(module: str) -> str:
    imports: Imports = {("typing", "TypedDict")}
    found = import_module(f"{models.__name__}.{module}")
    classes = [
        text
        for name, model in vars(found).items()
        if isinstance(model, type) and issubclass(model, BaseModel) and model.__module__ == found.__name__
        if not name.startswith("_")
        for text in _definitions(model, module, imports)
    ]
    ours = {source for source, _ in imports if source.startswith("wrapped_shared")}
    groups = [_import_lines(imports, {source for source, _ in imports} - ours), _import_lines(imports, ours)]
    head = "\n".join([_MODULE.format(module=module), *("\n".join([*lines, ""]) for lines in groups if lines)])
    return f"{head}\n\n" + "\n\n\n".join(classes) + "\n"


def _import_lines(imports: Imports, sources: set[str]) -> list[str]:
    """Return import statements as the formatter writes them."""
    lines = []
    for source in sorted(sources):
        names = sorted(name for origin, name in imports if origin == source)
        line = f"from {source} import {', '.join(names)}"
        wrapped = "".join(f"    {name},\n" for name in names)
        lines.append(line if len(line) <= _WIDTH else f"from {source} import (\n{wrapped})")
    return lines


def _definitions(model: type[BaseModel], module: str, imports: Imports) -> Iterator[str]:
    name, fields = model.__name__, model.model_fields.items()
    hints = {info.alias or field: _written(info.annotation, module, imports) for field, info in fields}
    required = {info.alias or field for field, info in fields if info.is_required()}
    if required < hints.keys():
        imports.add(("typing", "NotRequired"))
    whole = {field: hint if field in required else f"NotRequired[{hint}]" for field, hint in hints.items()}
    yield _definition(name, whole)
    if name in PARTIAL:
        yield _definition(f"{name}Fields", hints, total=False)


def _definition(name: str, hints: Mapping[str, str], *, total: bool = True) -> str:
    """Return a TypedDict; a field that is a keyword of Python needs the syntax of a call."""
    if any(map(iskeyword, hints)):
        fields = "".join(f'        "{field}": {hint},\n' for field, hint in hints.items())
        last = "" if total else "    total=False,\n"
        return f'{name} = TypedDict(\n    "{name}",\n    {{\n{fields}    }},\n{last})'
    lines = [f"    {field}: {hint}" for field, hint in hints.items()]
    bases = "TypedDict" if total else "TypedDict, total=False"
    return "\n".join([f"class {name}({bases}):", *lines])


def _written(hint: Any, module: str, imports: Imports) -> str:
    """Return a field's type as source, without its limits, and note what must be imported for it."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _written(arguments[0], module, imports)
    if hint == dict[str, Any]:  # private to whoever writes it
        imports |= {("collections.abc", "Mapping"), ("typing", "Any")}
        return "Mapping[str, Any]"
    if origin in (Union, types.UnionType):
        words = any(get_origin(part) is Literal for part in arguments)
        # `Words | str`: others may be read, but we write only those of the list.
        bare = [_bare(part) for part in arguments if part is not type(None) and not (words and part is str)]
        if str in bare:
            bare = [part for part in bare if get_origin(part) is not Literal]
        several = [_written(part, module, imports) for part in bare]
        return " | ".join([*several, "None"] if type(None) in arguments else several)
    if origin is Literal:
        return _choice(arguments, imports)
    if origin is not None:
        return f"{origin.__name__}[{', '.join(_written(part, module, imports) for part in arguments)}]"
    if hint is ObjectId:  # domains do not know the driver
        return "object"
    name: str = hint.__name__
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        home = hint.__module__.rpartition(".")[2]
        imports |= {(f"{_STORED}.{home}", name)} - {(f"{_STORED}.{module}", name)}
    elif hint.__module__ != "builtins":
        imports.add((hint.__module__, name))
    return name


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _choice(words: tuple[str, ...], imports: Imports) -> str:
    name = _WORDS.get(frozenset(words))
    imports.add((vocabulary.__name__, name) if name else ("typing", "Literal"))
    return name or f"Literal[{', '.join(repr(word).replace(chr(39), chr(34)) for word in words)}]"
