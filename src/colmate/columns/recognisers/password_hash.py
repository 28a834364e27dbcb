"""Hashed passwords: bcrypt, argon2, scrypt, PBKDF2, crypt, LDAP schemes, hexadecimal MD5, SHA-1, SHA-2, NTLM."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import matching

PATTERN = (
    r"\$(?:2[abxy]|1|5|6|y|argon2(?:i|d|id)|scrypt|P|H|pbkdf2[a-z0-9\-]*)\$[./A-Za-z0-9$=,+\-]{8,}"
    r"|(?:pbkdf2_sha256|bcrypt_sha256|scrypt|argon2)\$[^\s]{20,}"
    r"|\{(?:SSHA|SHA|MD5|SMD5|SSHA256|SSHA512|CRYPT)\}[A-Za-z0-9+/=$.]{12,}"
    r"|(?i:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})"
)


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the hash as it stands, or NULL."""
    return matching(value, PATTERN)


RECOGNISER = Recogniser("password_hash", normalise, None, (13, 256), (0, 256), alone=0.8, helped=0.4, weight=86)
