"""The contract a lender is held against: the operations of the OpenAPI document, and what an answer must be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from loanapp.conformance.schema import faults
from loanapp.conformance.wire import Reply

PROBLEM: Final = "application/problem+json"
# Random, so that it is nobody's; of the form that ids have.
NOBODYS: Final = "00000000-0000-4000-8000-00000000dead"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; ``path`` still has its parameters in braces."""

    method: str
    path: str
    described: Mapping[str, Any]

    @property
    def name(self) -> str:
        """As it is reported."""
        return f"{self.method} {self.path}"

    @property
    def needs_sign_in(self) -> bool:
        """Whether the contract asks for a token, and knows the answer for whoever has none."""
        return "401" in self.described["responses"] and bool(self.described.get("security"))

    @property
    def media(self) -> str:
        """The content type of its request body; empty without one."""
        return next(iter(self.described.get("requestBody", {}).get("content", {})), "")

    def at(self, **values: str) -> str:
        """The path with its parameters; those that are not named are nobody's."""
        path = self.path
        for parameter in self.described.get("parameters", ()):
            if parameter["in"] == "path":
                default = "front" if parameter["name"] == "side" else NOBODYS
                path = path.replace("{" + parameter["name"] + "}", values.get(parameter["name"], default))
        return path


class Contract:
    """An OpenAPI document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._paths: Final[Mapping[str, Any]] = document["paths"]
        self._schemas: Final[Mapping[str, Any]] = document["components"]["schemas"]

    def operations(self) -> Iterator[Operation]:
        """Every operation, in the document's order."""
        for path, of_path in self._paths.items():
            for method, described in of_path.items():
                yield Operation(method.upper(), path, described)

    def operation(self, method: str, path: str) -> Operation:
        """One of them, by its path with braces."""
        return Operation(method, path, self._paths[path][method.lower()])

    def faults(self, operation: Operation, reply: Reply) -> list[str]:
        """Where an answer breaks what the contract says of this operation."""
        declared = operation.described["responses"].get(str(reply.status))
        if declared is None:
            return [f"{reply.call}: status {reply.status} is not in the contract"]
        if reply.status >= 400:
            return self.problem_faults(reply)
        content = declared.get("content", {})
        if not content:
            return []
        if reply.media not in content:
            return [f"{reply.call}: content type {reply.media or 'none'}"]
        if reply.media != "application/json":
            return []
        return [f"{reply.call}: {fault}" for fault in faults(content[reply.media]["schema"], reply.json, self._schemas)]

    def problem_faults(self, reply: Reply) -> list[str]:
        """Where a refusal is no problem after RFC 9457 with the contract's members."""
        if reply.media != PROBLEM:
            return [f"{reply.call}: a refusal ({reply.status}) of content type {reply.media or 'none'}"]
        told = reply.json
        found = faults(self._schemas["Problem"], told, self._schemas)
        if not found and told["status"] != reply.status:
            found = ["$.status: not the status of the answer"]
        return [f"{reply.call}: {fault}" for fault in found]
