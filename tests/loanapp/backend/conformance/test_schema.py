"""The part of JSON Schema the contract uses is judged as a complete validator judges it."""

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanapp.backend.openapi import openapi_document
from loanapp.conformance.schema import UnknownKeywordError, faults

SCHEMAS = openapi_document()["components"]["schemas"]
NODE = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "at": {"type": "string", "format": "date-time"},
        "amount": {"type": "string", "pattern": r"^\d+\.\d{2}$"},
        "count": {"type": "integer", "minimum": 0, "maximum": 9},
        "name": {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 3}, {"type": "null"}]},
        "kind": {"enum": ["a", "b"]},
        "rows": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
    },
    "required": ["count"],
    "additionalProperties": {"type": "boolean"},
}
OWN = {"Row": {"type": "object", "properties": {"x": {"const": 1}}, "additionalProperties": False, "required": ["x"]}}
GOOD = {"count": 3, "rows": [{"x": 1}], "name": None, "kind": "a", "more": True, "amount": "1.00"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, []),
        ({"count": True}, ["$.count: not of type integer"]),
        ({"count": 10}, ["$.count: maximum is 9"]),
        ({"count": "3"}, ["$.count: not of type integer"]),
        ({"amount": "1.0"}, ["$.amount: not written as the contract says"]),
        ({"kind": "c"}, ["$.kind: a word the contract does not know"]),
        ({"name": ""}, ["$.name: minLength is 1"]),
        ({"name": 4}, ["$.name: not of type string"]),
        ({"more": "yes"}, ["$.more: not of type boolean"]),
        ({"id": "1"}, ["$.id: no uuid"]),
        ({"at": "2026-11-27T10:00:00"}, ["$.at: no date-time"]),
        ({"at": "2026-11-27T10:00:00+08:00"}, []),
        ({"rows": [{"x": 2}]}, ["$.rows[0].x: not 1"]),
        ({"rows": [{"x": 1, "y": 1}]}, ["$.rows[0].y: not in the contract"]),
        ({"rows": [{}]}, ["$.rows[0].x: missing"]),
    ],
)
def test_each_fault_has_its_place(change, told):
    assert faults(NODE, GOOD | change, OWN) == told


def test_a_keyword_that_is_not_known_never_passes():
    with pytest.raises(UnknownKeywordError, match="multipleOf"):
        faults({"multipleOf": 2}, 4, {})


def test_every_schema_of_the_contract_can_be_judged():
    for name in SCHEMAS:
        for value in (None, {}, [], "", 0, True):
            faults(SCHEMAS[name], value, SCHEMAS)


PLAIN = st.none() | st.booleans() | st.integers(-3, 12) | st.sampled_from(["", "a", "1.00", "abcd", "x"])
VALUE = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["count", "amount", "name", "kind", "rows", "x", "more"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(VALUE)
def test_it_agrees_with_a_complete_validator(value):
    whole = {**NODE, "components": {"schemas": OWN}}
    assert (not faults(NODE, value, OWN)) == jsonschema_rs.is_valid(whole, value)
