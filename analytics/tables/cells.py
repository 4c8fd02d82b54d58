"""What several tables print alike."""

from typing import Any

Payload = dict[str, Any]


def adjusted_heading(payload: Payload) -> str:
    """What adjusted P values are called: q where a share of false findings is bounded."""
    return "q" if payload["adjustment"] in ("bh", "by") else "P*"
