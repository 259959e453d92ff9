"""Write, sign and verify the provenance of an image: `provenance.py keys|sign|verify ...`.

The provenance is an in-toto statement with SLSA's predicate (slsa.dev/provenance/v1), signed with a local key in
a DSSE envelope: the format that `cosign attest` attaches to an image. What belongs here: these three steps. What does
not: building, and keyless signing, which needs the team's CI and its identity (docs/deploying.md).
"""

import argparse
import base64
import hashlib
import json
import os
import re
import sys
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

ROOT: Final = Path(__file__).resolve().parents[1]
_TYPE: Final = "application/vnd.in-toto+json"
_DIGEST: Final = re.compile(r"(?P<name>[^@]+)@sha256:(?P<digest>[0-9a-f]{64})")


class ProvenanceError(Exception):
    """The provenance cannot be made or does not hold; one line that says why."""


def statement(image: str, base: str, revision: str, materials: list[Path], builder: str) -> dict[str, Any]:
    """Return the provenance of an image.

    Args:
        image: "name@sha256:...", as it was pushed.
        base: the base image, "name@sha256:...".
        revision: the commit that it was built from.
        materials: the files that decide what is in it: Dockerfile, locks, bill of materials.
        builder: a URI for who built it.

    Raises:
        ProvenanceError: an image without a digest.
    """
    subject, resolved = _with_digest(image), _with_digest(base)
    files = [
        {"uri": f"file:{path.name}", "digest": {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}}
        for path in sorted(materials)
    ]
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": subject["name"], "digest": {"sha256": subject["digest"]}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": "https://mobyproject.org/buildkit@v1",
                "externalParameters": {"revision": revision},
                "resolvedDependencies": [
                    {"uri": f"oci:{resolved['name']}", "digest": {"sha256": resolved["digest"]}},
                    {"uri": "git:HEAD", "digest": {"gitCommit": revision}},
                    *files,
                ],
            },
            "runDetails": {"builder": {"id": builder}},
        },
    }


def _with_digest(image: str) -> dict[str, str]:
    found = _DIGEST.fullmatch(image)
    if not found:
        raise ProvenanceError(f"{image} has no digest: give name@sha256:..., as the registry shows it after the push")
    return found.groupdict()


def signed(payload: dict[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """Return a DSSE envelope around a statement."""
    body = json.dumps(payload, sort_keys=True).encode()
    signature = base64.b64encode(key.sign(_encoded(body))).decode()
    return {
        "payloadType": _TYPE,
        "payload": base64.b64encode(body).decode(),
        "signatures": [{"keyid": _key_id(key.public_key()), "sig": signature}],
    }


def verified(envelope: dict[str, Any], key: Ed25519PublicKey, image: str) -> dict[str, Any]:
    """Return the statement of an envelope that the key signed, about that image.

    Raises:
        ProvenanceError: another key, a changed statement, or another image.
    """
    try:
        body = base64.b64decode(envelope["payload"], validate=True)
        signatures = [base64.b64decode(one["sig"], validate=True) for one in envelope["signatures"]]
        kind = envelope["payloadType"]
    except (KeyError, TypeError, ValueError) as error:
        raise ProvenanceError(f"not a signed provenance: {error}") from error
    if kind != _TYPE or not any(_signs(key, signature, body) for signature in signatures):
        raise ProvenanceError("the signature is not by this key, or the provenance was changed")
    found: dict[str, Any] = json.loads(body)
    wanted = _with_digest(image)["digest"]
    if wanted not in [subject["digest"]["sha256"] for subject in found["subject"]]:
        raise ProvenanceError(f"this is the provenance of another image, {found['subject'][0]['name']}")
    return found


def _signs(key: Ed25519PublicKey, signature: bytes, body: bytes) -> bool:
    try:
        key.verify(signature, _encoded(body))
    except InvalidSignature:
        return False
    return True


def _encoded(body: bytes) -> bytes:
    """What DSSE signs: the type and the payload, each with its length."""
    return b"DSSEv1 %d %s %d %s" % (len(_TYPE), _TYPE.encode(), len(body), body)


def _key_id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def write_keys(private: Path) -> None:
    """Write a new private key, readable only by its owner, and its public key next to it (.pub).

    Raises:
        ProvenanceError: there is one already.
    """
    if private.exists():
        raise ProvenanceError(f"{private} exists: a new key would make older signatures worthless")
    key = Ed25519PrivateKey.generate()
    private.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    private.with_name(f"{private.name}.pub").write_bytes(public)


def _sign(chosen: argparse.Namespace) -> str:
    key = load_pem_private_key(chosen.key.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ProvenanceError(f"{chosen.key} is not an Ed25519 key")
    made = statement(chosen.image, chosen.base, chosen.revision, chosen.materials, chosen.builder)
    return json.dumps(signed(made, key), indent=2)


def _verify(chosen: argparse.Namespace) -> str:
    key = load_pem_public_key(chosen.key.read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise ProvenanceError(f"{chosen.key} is not an Ed25519 key")
    found = verified(json.loads(chosen.provenance.read_text()), key, chosen.image)
    return f"built from commit {found['predicate']['buildDefinition']['externalParameters']['revision']}"


def main(arguments: list[str]) -> int:
    """Run one step; return 0, or 1 with one line on standard error."""
    parser = argparse.ArgumentParser(description="Write, sign and verify the provenance of an image.")
    steps = parser.add_subparsers(dest="step", required=True)
    keys, sign, verify = (steps.add_parser(name) for name in ("keys", "sign", "verify"))
    for step in (keys, sign, verify):
        step.add_argument(
            "--key", type=Path, required=True, help="a PEM file: the private key, to verify the public one"
        )
    for step in (sign, verify):
        step.add_argument("--image", required=True, help="name@sha256:...")
    sign.add_argument("--base", required=True, help="the base image, name@sha256:...")
    sign.add_argument("--revision", required=True, help="the commit")
    sign.add_argument("--builder", default="https://localhost/make", help="a URI for who built it")
    sign.add_argument("materials", type=Path, nargs="*", help="files that decide what is in the image")
    verify.add_argument("provenance", type=Path, help="what `sign` printed")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.step == "keys":
            write_keys(chosen.key)
        else:
            sys.stdout.write((_sign if chosen.step == "sign" else _verify)(chosen) + "\n")
    except (ProvenanceError, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
