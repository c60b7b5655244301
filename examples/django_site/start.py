"""
The site in one command, as a newcomer meets it: ``python start.py``.

Makes a folder with a configuration, both databases and a school out of `sample/`, lets a guardian set a password by the
link that was sent to her, prints what to sign in with, and serves the site until it is stopped. With a folder that it
made before it goes on. With ``--visit`` it signs in over HTTP, prints the page that came, and stops by itself.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from tempfile import mkdtemp
from threading import Event, Thread
from typing import Final

import django
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

from eszkola_core import Completed
from visit import visited

SAMPLE: Final = Path(__file__).resolve().parent / "sample" / "uczniowie.csv"
GUARDIAN: Final = "ewa@example.com"
CONFIG: Final = """\
[tenant]
key = "example"
name = "Przykładowa eSzkoła"
profile = "uonet"
base_url = "http://127.0.0.1:{port}"
platform_domain = "eszkola.example.org"

[settings]
acknowledge_first = ["safety-rules"]
"""
HERE: Final = re.compile(r'^(base_url = "http://127\.0\.0\.1:)\d+', re.MULTILINE)


def main() -> None:
    """Make the site, and serve it."""
    parser = argparse.ArgumentParser(description="Make a site on a sample school, and serve it on this computer.")
    parser.add_argument("--folder", type=Path, help="where to keep it: new, empty or from before; else a temporary one")
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    parser.add_argument("--visit", action="store_true", help="sign in, print the page that comes, and stop")
    chosen = parser.parse_args()
    folder = (chosen.folder or Path(mkdtemp(prefix="django-site-"))).resolve()
    if folder.is_dir() and any(folder.iterdir()) and not is_of_ours(folder):
        parser.error(f"{folder} has something else in it; name an empty folder, a new one, or one that was made here")
    server = ThreadedWSGIServer(("127.0.0.1", chosen.port), WSGIRequestHandler)
    address = f"http://127.0.0.1:{server.server_port}/"
    print(f"Going on in {folder} …" if is_of_ours(folder) else f"Making a site in {folder} …")
    furnish(folder, server.server_port)
    password = let_in(folder / "outbox")
    print(f"It is at {address} (stop it with Ctrl+C). Sign in as a guardian of two:")
    print(f"  login     {GUARDIAN}\n  password  {password or 'the one from before: no further link is sent just now'}")
    print(f"Whoever else is in {SAMPLE.name} may ask for first access: the links come here.")
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    with dispatching(folder / "outbox"):
        if chosen.visit and password is not None:
            Thread(target=server.serve_forever, daemon=True).start()
            print(visited(address, GUARDIAN, password))
            server.shutdown()
        elif not chosen.visit:
            with suppress(KeyboardInterrupt):
                server.serve_forever()
    server.server_close()


def is_of_ours(folder: Path) -> bool:
    """Return whether a site was made in *folder*."""
    return all((folder / name).is_file() for name in ("eszkola.toml", "django.secret"))


def furnish(folder: Path, port: int) -> None:
    """Make configuration, secret and databases in *folder* where they are not yet, and take the sample school in."""
    folder.mkdir(parents=True, exist_ok=True)
    config, secret = folder / "eszkola.toml", folder / "django.secret"
    text = config.read_text(encoding="utf-8") if is_of_ours(folder) else CONFIG.format(port=port)
    config.write_text(HERE.sub(rf"\g<1>{port}", text), encoding="utf-8")  # it may be another port than before
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(50), encoding="ascii")
    os.environ |= {"ESZKOLA_CONFIG": str(config), "DJANGO_SETTINGS_MODULE": "website.settings"}
    django.setup()
    from accounts.platform import platform  # noqa: PLC0415 - the settings name the file that was made here

    if not (folder / "eszkola.sqlite").exists():
        platform().administration.create()
    call_command("migrate", verbosity=0)
    call_command("roster", "apply", str(SAMPLE), school="SP1")
    call_command("dispatch")


def let_in(outbox: Path) -> str | None:
    """Let the guardian set a password by the link that she is sent, and return it; None where she is sent none."""
    from accounts.platform import platform  # noqa: PLC0415 - as above

    password, before = f"Most-{secrets.token_hex(3)}-nad-Odrą", set(outbox.iterdir())
    platform().recover_access.request(GUARDIAN)
    call_command("dispatch", stdout=StringIO())
    link = next((found for path in set(outbox.iterdir()) - before for found in links_in(path)), None)
    if link is None:
        return None  # whoever asks too often waits, here too
    done = platform().recover_access.complete(link.partition("token=")[2], password)
    if not isinstance(done, Completed):
        raise SystemExit(f"the password was not taken: {done.reason}")
    return password


def links_in(path: Path) -> list[str]:
    """Return the links with a token in a message, as its reader would find them."""
    mail = message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default)
    body = mail.get_body(("plain",))
    return re.findall(r"\S+token=[\w-]+", body.get_content()) if body is not None else []


@contextmanager
def dispatching(outbox: Path) -> Iterator[None]:
    """Send what waits every second, as a timetable would every minute, and show the links in it."""
    stopped, seen = Event(), set(outbox.iterdir())

    def work() -> None:
        while not stopped.wait(1):
            call_command("dispatch", stdout=StringIO())
            for path in sorted(set(outbox.iterdir()) - seen):
                seen.add(path)
                print(f"A message: {path}", *links_in(path), sep="\n  ")

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


if __name__ == "__main__":
    main()
