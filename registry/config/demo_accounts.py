"""One account of each role for the demo, with generated passwords kept for this user alone."""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from registry.actions import access
from registry.config.embedded.runtime import write_private
from registry.models import Cohort, Role, Site, User


@dataclass(frozen=True)
class Account:
    """What a visitor types to sign in, and what the account may be."""

    username: str
    password: str
    role: str


def kept_or_made(kept_in: Path) -> list[Account]:
    """The accounts of the last start; those that do not stand in the record are made."""
    kept = {entry["username"]: Account(**entry) for entry in json.loads(_read(kept_in))}
    accounts = [kept.get(role) or Account(role, secrets.token_urlsafe(12), role) for role in Role.values]
    # Kept before they are made: a start that is killed in between must not lose a password.
    write_private(kept_in, json.dumps([asdict(account) for account in accounts], indent=2) + "\n")
    standing = set(User.objects.values_list("username", flat=True))
    for account in accounts:
        if account.username not in standing:
            access.create_user(
                by=None,
                username=account.username,
                password=account.password,
                role=account.role,
                site=_site() if account.role == Role.COORDINATOR else None,
                door="command",
            )
    return accounts


def _site() -> Site:
    return Cohort.objects.get(slug="mhd").sites.order_by("code")[0]


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else "[]"
