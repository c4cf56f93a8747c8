"""Stable seeds: the same names give the same number on every machine and in every run."""

import hashlib


def seed_of(*names: str | int) -> int:
    """A seed in [0, 2**31) from names such as (run seed, persona id, item id, replicate)."""
    text = "\x1f".join(f"{type(name).__name__}:{name}" for name in names)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") & 0x7FFFFFFF
