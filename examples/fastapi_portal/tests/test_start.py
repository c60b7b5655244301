"""The API starts as a newcomer starts it, and the walk goes as its page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from portal.sample import HERE

ROOT = HERE.parents[1]
ADDRESS = re.compile(r"The API is at (\S+)")


def start(*options):
    """Return the process that serves the sample."""
    environment = os.environ | {"PYTHONPATH": str(HERE / "src"), "PYTHONUTF8": "1"}
    command = [sys.executable, "-W", "error", "-m", "portal", *options]
    return subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


def the_walk():
    """Return the commands of the walk, and what each is to print, with … for whatever it may be."""
    walk = (HERE / "WALK.md").read_text("utf-8")
    found: list[tuple[str, list[str]]] = []
    for line in "\n".join(re.findall(r"```console\n(.*?)```", walk, re.DOTALL)).splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        elif line:
            found[-1][1].append(line)
    return [(command, "\n".join(printed)) for command, printed in found]


@pytest.mark.skipif(not all(map(shutil.which, ("bash", "curl"))), reason="bash or curl is not installed")
def test_the_walk_goes_as_its_page_says(tmp_path):
    """Command by command, with passwords hashed as in earnest; the server's log has nobody's name in it."""
    server = start("--port", "0", "--folder", str(tmp_path))
    try:
        address = next(at[1] for line in server.stdout or () if (at := ADDRESS.search(line)))
        steps = the_walk()
        script = "\n".join(["set -e", *(f"{command}\necho; echo —" for command, _ in steps)])
        environment = os.environ | {"PORTAL": address, "OUTBOX": str(tmp_path / "outbox"), "no_proxy": "127.0.0.1"}
        done = subprocess.run(  # noqa: S603 - the page's commands
            [shutil.which("bash") or "", "-c", script],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    finally:
        server.terminate()
        _, log = server.communicate(timeout=30)
    printed = [each.strip() for each in done.stdout.split("\n—\n")[: len(steps)]]

    assert (done.returncode, done.stderr) == (0, "")
    for (command, expected), found in zip(steps, printed, strict=True):
        pattern = ".*".join(map(re.escape, expected.split("…")))
        assert re.fullmatch(pattern, found, re.DOTALL), f"{command}\nprinted {found}\nand not {expected}"
    assert not re.search(r"\b(jan|lis|deszcz)\b", log, re.IGNORECASE)


def test_a_service_of_ones_own_needs_no_sample(tmp_path, sample):
    """In a folder with a configuration the module has the application."""
    shutil.copytree(sample, tmp_path / "folder")
    program = "import service; print(service.app.state.platform.tenant.key, len(service.app.openapi()['paths']))"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path / "folder",
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), str(HERE / "src")])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("sample 15\n", "")


def test_it_starts_asks_itself_and_stops(tmp_path, sample):
    """On a sample that is there already it goes on."""
    shutil.copytree(sample, tmp_path / "sample")
    server = start("--check", "--folder", str(tmp_path / "sample"))
    said, log = server.communicate(timeout=60)

    assert server.returncode == 0, log
    assert "jan@example.com" in said
    assert said.splitlines()[-1] == "It answers: 18 operations, and 202 to whoever asks for access."
    assert "error" not in log
