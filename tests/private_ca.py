"""A private certificate authority for tests, made with openssl.

What does not belong here: servers and what connects to them.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Authority:
    """A CA in a folder of its own."""

    folder: Path

    @property
    def certificate(self) -> Path:
        """What clients trust."""
        return self.folder / "ca.crt"

    def issue(self, host: str) -> tuple[Path, Path]:
        """Issue a certificate for a host name or address; return it and its key."""
        certificate, key = self.folder / f"{host}.crt", self.folder / f"{host}.key"
        kind = "IP" if host.replace(".", "").isdigit() else "DNS"
        signed = ["-CA", str(self.certificate), "-CAkey", str(self.folder / "ca.key")]
        _openssl(certificate, key, host, *signed, "-addext", f"subjectAltName={kind}:{host}")
        return certificate, key


def new_authority(folder: Path) -> Authority:
    """Make a CA."""
    folder.mkdir()
    _openssl(folder / "ca.crt", folder / "ca.key", "a CA for tests")
    return Authority(folder)


def _openssl(certificate: Path, key: Path, name: str, *more: str) -> None:
    key_options = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(key)]
    command = ["openssl", "req", "-x509", *key_options, "-out", str(certificate), "-days", "2", "-subj", f"/CN={name}"]
    subprocess.run([*command, *more], check=True, capture_output=True, timeout=30)
