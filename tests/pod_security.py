"""Kubernetes' Pod Security Standard `restricted`, as its admission plugin checks it.

What belongs here: one function per control, which yields what violates it (kubernetes.io/docs/concepts/security/
pod-security-standards, v1.36). What does not: our own stricter rules (`deploy_manifests`).
"""

from collections.abc import Callable, Iterator
from typing import Final

from deploy_manifests import Thing

Control = Callable[[Thing], Iterator[str]]
_VOLUMES: Final = {
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"
}  # fmt: skip
_SYSCTLS: Final = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
}
_SELINUX: Final = {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}


def violations(spec: Thing) -> list[str]:
    """Return what of a Pod's specification the level `restricted` refuses, each as "control: where"."""
    return [f"{control.__name__}: {where}" for control in CONTROLS for where in control(spec)]


def _containers(spec: Thing) -> Iterator[tuple[str, Thing, Thing]]:
    """Yield each container's name, itself, and its security context."""
    for group in ("containers", "initContainers", "ephemeralContainers"):
        for container in spec.get(group) or []:
            yield container["name"], container, container.get("securityContext") or {}


def _contexts(spec: Thing) -> Iterator[tuple[str, Thing]]:
    """Yield the security contexts of the Pod and of its containers."""
    yield "the Pod", spec.get("securityContext") or {}
    for name, _, context in _containers(spec):
        yield name, context


def host_namespaces(spec: Thing) -> Iterator[str]:
    """The node's network, processes and memory are not shared."""
    yield from (key for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key))


def privileged(spec: Thing) -> Iterator[str]:
    """No container is privileged."""
    yield from (name for name, _, context in _containers(spec) if context.get("privileged"))


def capabilities(spec: Thing) -> Iterator[str]:
    """All are dropped, only NET_BIND_SERVICE may be added."""
    for name, _, context in _containers(spec):
        given = context.get("capabilities") or {}
        if "ALL" not in (given.get("drop") or []) or set(given.get("add") or []) - {"NET_BIND_SERVICE"}:
            yield name


def volume_types(spec: Thing) -> Iterator[str]:
    """Only volumes that are not of the node."""
    for volume in spec.get("volumes") or []:
        if not set(volume) - {"name"} <= _VOLUMES:
            yield volume["name"]


def host_ports(spec: Thing) -> Iterator[str]:
    """No port of the node is taken."""
    for name, container, _ in _containers(spec):
        if any(port.get("hostPort") for port in container.get("ports") or []):
            yield name


def probe_hosts(spec: Thing) -> Iterator[str]:
    """Probes and lifecycle hooks name no host (since 1.34)."""
    for name, container, _ in _containers(spec):
        hooks = [container.get(probe) for probe in ("startupProbe", "readinessProbe", "livenessProbe")]
        hooks += (container.get("lifecycle") or {}).values()
        if any((hook.get(way) or {}).get("host") for hook in hooks if hook for way in ("httpGet", "tcpSocket")):
            yield name


def app_armor(spec: Thing) -> Iterator[str]:
    """The profile is not switched off."""
    for name, context in _contexts(spec):
        if (context.get("appArmorProfile") or {}).get("type") == "Unconfined":
            yield name


def se_linux(spec: Thing) -> Iterator[str]:
    """Only types for containers; no user, no role."""
    for name, context in _contexts(spec):
        options = context.get("seLinuxOptions") or {}
        if options.get("type", "") not in _SELINUX or options.get("user") or options.get("role"):
            yield name


def proc_mount(spec: Thing) -> Iterator[str]:
    """/proc stays masked."""
    yield from (name for name, _, context in _containers(spec) if context.get("procMount", "Default") != "Default")


def seccomp(spec: Thing) -> Iterator[str]:
    """RuntimeDefault or Localhost, given by the Pod or by each container."""
    of_pod = _profile(spec.get("securityContext") or {})
    if of_pod == "Unconfined":
        yield "the Pod"
    for name, _, context in _containers(spec):
        if (_profile(context) or of_pod) not in {"RuntimeDefault", "Localhost"}:
            yield name


def _profile(context: Thing) -> str:
    return str((context.get("seccompProfile") or {}).get("type", ""))


def sysctls(spec: Thing) -> Iterator[str]:
    """Only the safe ones."""
    given = (spec.get("securityContext") or {}).get("sysctls") or []
    yield from (sysctl["name"] for sysctl in given if sysctl["name"] not in _SYSCTLS)


def privilege_escalation(spec: Thing) -> Iterator[str]:
    """Switched off in every container."""
    for name, _, context in _containers(spec):
        if context.get("allowPrivilegeEscalation") is not False:
            yield name


def not_root(spec: Thing) -> Iterator[str]:
    """runAsNonRoot, by the Pod or by each container."""
    of_pod = (spec.get("securityContext") or {}).get("runAsNonRoot")
    for name, _, context in _containers(spec):
        if context.get("runAsNonRoot", of_pod) is not True:
            yield name


def not_user_0(spec: Thing) -> Iterator[str]:
    """Nobody is user 0."""
    yield from (name for name, context in _contexts(spec) if context.get("runAsUser") == 0)


CONTROLS: Final[tuple[Control, ...]] = (
    host_namespaces, privileged, capabilities, volume_types, host_ports, probe_hosts, app_armor, se_linux, proc_mount,
    seccomp, sysctls, privilege_escalation, not_root, not_user_0,
)  # fmt: skip
