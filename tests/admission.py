"""Admission policies evaluated as the API server does: which messages a request is refused with.

What belongs here: matching, variables, validations, bindings and their parameters. What does not: the policies
(`deploy/kubernetes/components/admission`) and the requests that try them (`test_deploy_admission`).
"""

import functools
from dataclasses import dataclass, field
from typing import Any, Final

import celpy
from celpy.adapter import json_to_cel
from deploy_manifests import Thing, named, of_kind

_ENVIRONMENT: Final = celpy.Environment()
_GROUPS: Final = {"Pod": "", "Service": "", "ConfigMap": "", "Secret": "", "Job": "batch", "Deployment": "apps"}
NAMESPACE: Final = "wrapped"


@dataclass
class Request:
    """A request to the API server, as far as policies see it."""

    thing: Thing
    user: str = "kubernetes-admin"
    operation: str = "CREATE"
    groups: tuple[str, ...] = ("system:authenticated",)
    pod: str = ""
    """The Pod whose bound token the caller has."""
    before: Thing | None = None
    subresource: str = ""
    namespace: str = NAMESPACE
    labels: dict[str, str] = field(default_factory=dict)

    def seen(self) -> dict[str, Any]:
        """Return CEL's variables `object`, `oldObject` and `request`."""
        kind = self.thing["kind"]
        deleted = self.operation == "DELETE"
        user: Thing = {"username": self.user, "groups": list(self.groups)}
        if self.pod:
            user["extra"] = {"authentication.kubernetes.io/pod-name": [self.pod]}
        request = {
            "name": self.thing["metadata"].get("name", ""),
            "namespace": self.namespace,
            "operation": self.operation,
            "userInfo": user,
            "kind": {"group": _GROUPS.get(kind, ""), "version": "v1", "kind": kind},
            "resource": {"group": _GROUPS.get(kind, ""), "version": "v1", "resource": resource(kind)},
            "subResource": self.subresource,
        }
        return {
            "object": None if deleted else self.thing,
            "oldObject": self.thing if deleted else self.before,
            "request": request,
        }


def resource(kind: str) -> str:
    """Return the resource of a kind, as URLs name it."""
    return "networkpolicies" if kind == "NetworkPolicy" else f"{kind.lower()}s"


def refusals(things: list[Thing], request: Request) -> list[str]:
    """Return the messages of the validations that refuse a request, by all policies that are bound.

    Raises:
        celpy.CELEvalError: an expression fails; the API server would refuse with that error.
    """
    found = []
    for binding in of_kind(things, "ValidatingAdmissionPolicyBinding"):
        spec = binding["spec"]
        assert spec["matchResources"] == {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": NAMESPACE}}
        }
        if request.namespace == NAMESPACE and "Deny" in spec["validationActions"]:
            policy = named(things, "ValidatingAdmissionPolicy", spec["policyName"])["spec"]
            found += _refused(policy, request, _parameters(things, spec))
    return found


def _parameters(things: list[Thing], binding: Thing) -> Thing | None:
    if "paramRef" not in binding:
        return None
    found = named(things, "ConfigMap", binding["paramRef"]["name"])
    assert found["metadata"]["namespace"] == binding["paramRef"]["namespace"]
    return found


def _refused(policy: Thing, request: Request, parameters: Thing | None) -> list[str]:
    if not any(_matches(rule, request) for rule in policy["matchConstraints"]["resourceRules"]):
        return []
    given = {name: json_to_cel(value) for name, value in request.seen().items()}
    if parameters is not None:
        given["params"] = json_to_cel(parameters)
    if not all(_value(condition["expression"], given) for condition in policy.get("matchConditions", [])):
        return []
    variables = celpy.celtypes.MapType()
    for variable in policy.get("variables", []):
        value = _value(variable["expression"], {**given, "variables": variables})
        variables[celpy.celtypes.StringType(variable["name"])] = value
    checks = policy["validations"]
    return [check["message"] for check in checks if not _value(check["expression"], {**given, "variables": variables})]


def _matches(rule: Thing, request: Request) -> bool:
    seen = request.seen()["request"]
    name = "/".join(filter(None, [seen["resource"]["resource"], request.subresource]))
    return (
        bool({"*", seen["resource"]["group"]} & set(rule["apiGroups"]))
        and bool({"*", request.operation} & set(rule["operations"]))
        and bool({"*/*", name} & set(rule["resources"]))
    )


def _value(expression: str, given: dict[str, Any]) -> Any:
    return _program(expression).evaluate(given)


@functools.cache
def _program(expression: str) -> Any:
    functions = {"replace": _replace, "_+_": _plus}
    return _ENVIRONMENT.program(_ENVIRONMENT.compile(expression), functions=functions)


def _replace(text: str, old: str, new: str) -> Any:
    """Kubernetes' own addition to CEL's strings."""
    return celpy.celtypes.StringType(str(text).replace(str(old), str(new)))


def _plus(left: Any, right: Any) -> Any:
    """The library's sum of two texts or lists has lost CEL's type."""
    return type(left)(left + right)
