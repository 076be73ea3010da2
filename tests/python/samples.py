"""Credentials and sensitive values to test with: none real, each put together at run time."""

import zlib

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def agent_key(seed: str) -> str:
    """A key in the form that renlayer issues: `rlk_`, 40 base62 characters and the CRC-32 of these."""
    random = (seed + "a0b1c2d3e4f5g6h7i8j9k0l1m2n3o4p5q6r7s8t9")[:40]
    number, check = zlib.crc32(random.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        check = ALPHABET[digit] + check
    return f"rlk_{random}{check}"


AGENT_KEY = agent_key("AGENT")
LIMITED_KEY = agent_key("LIMITED")
UNKNOWN_KEY = agent_key("UNKNOWN")
PROVIDER_KEY = "-".join(["provider", "credential", "3f9a1c77e2b84d06"])
AWS_ACCESS_KEY = "".join(["AKIA", "Z7QK3MNP", "W5RT2XVB"])
EMAIL = "ada.lovelace" + "@" + "analytical-engines.com"
