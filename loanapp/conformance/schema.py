"""JSON against a schema of the contract: the part of JSON Schema 2020-12 that our OpenAPI document uses.

A keyword that is not known here is an error of this module and never passes for "it holds".
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

_REFERENCE: Final = "#/components/schemas/"
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
# They describe, and demand nothing.
_SILENT: Final = frozenset({"title", "description", "default", "examples"})


class UnknownKeywordError(ValueError):
    """The contract uses a keyword that this module cannot judge."""


def faults(schema: Mapping[str, Any], value: object, schemas: Mapping[str, Any], place: str = "$") -> list[str]:
    """Where ``value`` breaks ``schema``; members that the schema does not name are allowed unless it forbids them.

    Raises :class:`UnknownKeywordError`.
    """
    return list(_faults(schema, value, schemas, place))


def _faults(schema: Mapping[str, Any], value: object, schemas: Mapping[str, Any], place: str) -> Iterator[str]:
    for keyword, demand in schema.items():
        if keyword in _SILENT:
            continue
        judge = _JUDGES.get(keyword)
        if judge is None:
            raise UnknownKeywordError(keyword)
        yield from judge(demand, value, schemas, place, schema)


def _reference(
    name: str, value: object, schemas: Mapping[str, Any], place: str, _schema: Mapping[str, Any]
) -> Iterator[str]:
    yield from _faults(schemas[name.removeprefix(_REFERENCE)], value, schemas, place)


def _type(
    name: str, value: object, _schemas: Mapping[str, Any], place: str, _schema: Mapping[str, Any]
) -> Iterator[str]:
    right = isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))
    if not right:
        yield f"{place}: not of type {name}"


def _properties(
    members: Mapping[str, Any], value: object, schemas: Mapping[str, Any], place: str, _schema: Mapping[str, Any]
) -> Iterator[str]:
    if isinstance(value, dict):
        for name, schema in members.items():
            if name in value:
                yield from _faults(schema, value[name], schemas, f"{place}.{name}")


def _required(
    names: list[str], value: object, _schemas: Mapping[str, Any], place: str, _schema: Mapping[str, Any]
) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{place}.{name}: missing" for name in names if name not in value)


def _additional(
    demand: object, value: object, schemas: Mapping[str, Any], place: str, schema: Mapping[str, Any]
) -> Iterator[str]:
    if not isinstance(value, dict) or demand is True:
        return
    for name in value.keys() - schema.get("properties", {}).keys():
        if demand is False:
            yield f"{place}.{name}: not in the contract"
        elif isinstance(demand, dict):
            yield from _faults(demand, value[name], schemas, f"{place}.{name}")


def _items(
    demand: Mapping[str, Any], value: object, schemas: Mapping[str, Any], place: str, _schema: Mapping[str, Any]
) -> Iterator[str]:
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from _faults(demand, one, schemas, f"{place}[{number}]")


def _any_of(
    choices: list[Mapping[str, Any]],
    value: object,
    schemas: Mapping[str, Any],
    place: str,
    _schema: Mapping[str, Any],
) -> Iterator[str]:
    found = [list(_faults(choice, value, schemas, place)) for choice in choices]
    if all(found):
        yield from max(found, key=lambda one: max(len(fault.partition(":")[0]) for fault in one))


def _enum(
    words: list[object], value: object, _schemas: Mapping[str, Any], place: str, _schema: Mapping[str, Any]
) -> Iterator[str]:
    if value not in words:
        yield f"{place}: a word the contract does not know"


def _const(
    word: object, value: object, _schemas: Mapping[str, Any], place: str, _schema: Mapping[str, Any]
) -> Iterator[str]:
    if value != word:
        yield f"{place}: not {word!r}"


def _pattern(
    pattern: str, value: object, _schemas: Mapping[str, Any], place: str, _schema: Mapping[str, Any]
) -> Iterator[str]:
    if isinstance(value, str) and not re.search(pattern, value):
        yield f"{place}: not written as the contract says"


def _format(
    name: str, value: object, _schemas: Mapping[str, Any], place: str, _schema: Mapping[str, Any]
) -> Iterator[str]:
    if not isinstance(value, str) or name not in _FORMATS:
        return
    try:
        held = _FORMATS[name](value)
    except ValueError:
        held = False
    if not held:
        yield f"{place}: no {name}"


def _zoned(text: str) -> bool:
    return datetime.fromisoformat(text).tzinfo is not None


def _uuid(text: str) -> bool:
    return str(UUID(text)) == text.lower()


_FORMATS: Final = {"date-time": _zoned, "uuid": _uuid}


def _bound(keyword: str) -> Any:  # noqa: ANN401 - one of the judges below
    def judge(
        limit: float, value: object, _schemas: Mapping[str, Any], place: str, _schema: Mapping[str, Any]
    ) -> Iterator[str]:
        measured: float | None = None
        if keyword.endswith("Length") and isinstance(value, str):
            measured = len(value)
        elif keyword.endswith("imum") and isinstance(value, int | float) and not isinstance(value, bool):
            measured = value
        if measured is not None and (measured < limit if keyword.startswith("min") else measured > limit):
            yield f"{place}: {keyword} is {limit}"

    return judge


_JUDGES: Final[Mapping[str, Any]] = {
    "$ref": _reference,
    "type": _type,
    "properties": _properties,
    "required": _required,
    "additionalProperties": _additional,
    "items": _items,
    "anyOf": _any_of,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "format": _format,
    **{keyword: _bound(keyword) for keyword in ("minLength", "maxLength", "minimum", "maximum")},
}
