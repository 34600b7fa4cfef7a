"""A PostgreSQL with PostGIS of its own: started in a temporary folder, on a socket in it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "s3cret/of:the@toy"  # noqa: S105 -- of a database that lives for a test
HOMES = ("/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin")


def programs() -> Path | None:
    """Folder of the programs, or None."""
    found = [Path(home) for home in HOMES if (Path(home) / "initdb").exists()]
    extension = Path("/usr/share/postgresql")
    return next(
        (
            home
            for home in found
            if (extension / home.parts[-2] / "extension" / "postgis.control").exists()
        ),
        None,
    )


class Server:
    """A server that nobody else sees; only its folder's owner may connect without a password."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.home, self.folder = home, folder
        self.port = 54_321  # names the socket; nothing listens on the network
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

    def run(self, program: str, *options: str) -> str:
        """Run a program of PostgreSQL, which refuses to be run by root."""
        whom: dict[str, Any] = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            whom = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        answer = subprocess.run(
            [str(self.home / program), *options],
            capture_output=True, text=True, check=False, cwd=self.folder, timeout=60,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, **whom,
        )  # fmt: skip
        assert answer.returncode == 0, answer.stderr + answer.stdout
        return answer.stdout

    def start(self) -> None:
        """Make a cluster and start it."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        data = self.folder / "data"
        self.run("initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "-N")
        access = "local all postgres trust\nlocal all all scram-sha-256\n"
        (data / "pg_hba.conf").write_text(access)
        settings = f"-k {self.folder} -p {self.port} -c listen_addresses= -c fsync=off"
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(data), "-o", settings, "-l", log, "-w", "start")

    def stop(self) -> None:
        """Stop it at once."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def url(self, name: str, user: str = "postgres", password: str = "") -> str:
        """Address of a database."""
        from urllib.parse import quote  # noqa: PLC0415 -- here only

        who = f"{user}:{quote(password, safe='')}" if password else user
        return f"postgresql://{who}@/{name}?host={self.folder}&port={self.port}"


def served(home: Path, folder: Path) -> Iterator[Server]:
    """Start a server and stop it afterwards."""
    server = Server(home, folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
