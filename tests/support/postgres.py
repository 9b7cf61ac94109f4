"""A Postgres server of its own in a temporary folder, reached through a socket in it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "course"  # in the database
DATABASE = "postgres"  # there from the beginning
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")


def programs() -> Path | None:
    """Find the folder of `initdb` and `pg_ctl`, which Debian keeps off PATH; None without one."""
    known = shutil.which("initdb")
    if known:
        return Path(known).parent
    found = [path for place in PLACES for path in Path("/").glob(f"{place[1:]}/initdb")]
    return max(found).parent if found else None


@contextmanager
def postgres() -> Iterator[str]:
    """Run a server and give the URL of an empty database."""
    place = programs()
    assert place is not None
    folder = Path(tempfile.mkdtemp(prefix="course-postgres-"))
    data = folder / "data"
    settings = f"-k {folder} -c listen_addresses='' -c fsync=off"
    control = (str(place / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"))
    try:
        give_away(folder)
        create = ("--auth", "trust", "--username", USER, "--no-sync", "--encoding", "UTF8")
        run(str(place / "initdb"), "-D", str(data), *create)
        run(*control, "-o", settings, "start")
        try:
            yield f"postgresql://{USER}@/{DATABASE}?host={folder}"
        finally:
            run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def run(*command: str) -> None:
    """Run a program of the server's; root lends it to somebody else, as it demands."""
    who = {"user": unprivileged().pw_uid, "group": unprivileged().pw_gid} if is_root() else {}
    done = subprocess.run(  # the server keeps open what it inherits: no pipes
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False, cwd="/", **who
    )
    assert done.returncode == 0, command


def give_away(folder: Path) -> None:
    if is_root():
        os.chown(folder, unprivileged().pw_uid, unprivileged().pw_gid)


def unprivileged() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


def is_root() -> bool:
    return os.geteuid() == 0
