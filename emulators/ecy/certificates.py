"""Self-signed certificates such as controllers come with (ecy-rest-api §2)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFETIME = timedelta(days=3650)
_MARGIN = timedelta(days=1)
_COMMON_NAME_LIMIT = 64


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """PEM files of a certificate and its private key."""

    certificate: Path
    key: Path


def certificate_in(folder: Path, stem: str, common_name: str, host: str) -> CertificateFiles:
    """The certificate kept under ``stem`` in ``folder``, made now if there is none or it has expired.

    It is good for ``host`` and ``localhost``, and for a client that trusts nothing else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = CertificateFiles(folder / f"{stem}.crt", folder / f"{stem}.key")
    if not _is_usable(files):
        _write(files, common_name, host)
    return files


def _is_usable(files: CertificateFiles) -> bool:
    if not files.certificate.exists() or not files.key.exists():
        return False
    known = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    return known.not_valid_after_utc > datetime.now(UTC) + _MARGIN


def _write(files: CertificateFiles, common_name: str, host: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _self_signed(key, common_name, host)
    files.key.touch(mode=0o600)
    files.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _self_signed(key: ec.EllipticCurvePrivateKey, common_name: str, host: str) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:_COMMON_NAME_LIMIT])])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _MARGIN)
        .not_valid_after(now + _LIFETIME)
    )
    for extension, critical in _extensions(key, host):
        builder = builder.add_extension(extension, critical)
    return builder.sign(key, hashes.SHA256())


def _extensions(key: ec.EllipticCurvePrivateKey, host: str) -> list[tuple[x509.ExtensionType, bool]]:
    public = key.public_key()
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return [
        (x509.SubjectAlternativeName(_names_of(host)), False),
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (usage, True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectKeyIdentifier.from_public_key(public), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(public), False),
    ]


def _names_of(host: str) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    try:
        names.append(x509.IPAddress(ipaddress.ip_address(host)))
    except ValueError:
        names.append(x509.DNSName(host))
    return names
