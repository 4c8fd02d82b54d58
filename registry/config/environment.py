"""Reading settings from the environment: each value is checked, a bad one is refused by name."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    """The variable's value; an empty one counts as not set."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    value = text(name).lower()
    if value and value not in _TRUE | _FALSE:
        raise ImproperlyConfigured(f"{name}={value!r} is neither true nor false. Set it to true or false.")
    return value in _TRUE if value else default


def whole_number(name: str, default: int, low: int, high: int) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number from {low} to {high}.")
    return int(value)


def names(name: str, default: str = "") -> list[str]:
    """A list written with commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def database(name: str, url: str) -> dict[str, Any]:
    """Django's settings for a postgresql:// address; the query string holds libpq options."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"{name} names {parts.scheme or 'no'}:// but Calcis runs on PostgreSQL alone. "
            "Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
        )
    if not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} names no database. Write postgresql://USER@HOST/DATABASE.")
    try:
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} has a port that is no number.") from error
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(port or ""),
        "OPTIONS": options,
    }


def secret_key(debug: bool, is_embedded: bool, kept_in: Path) -> str:
    """The signing key: from SECRET_KEY; the embedded registry keeps a generated one in its state folder."""
    key = text("SECRET_KEY")
    if not key and is_embedded and kept_in.is_file():
        return kept_in.read_text().strip()
    if not key and is_embedded:
        return os.urandom(32).hex()  # nothing is served before the state folder is made
    is_default = any(word in key.lower() for word in ("change", "insecure", "secret", "example"))
    if not debug and (is_default or len(key) < 50 or len(set(key)) < 8):
        raise ImproperlyConfigured(
            "SECRET_KEY is missing, a default or too short, and DEBUG is off. Make one with: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
    return key
