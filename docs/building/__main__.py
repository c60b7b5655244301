"""Build the site: ``python docs/building FOLDER``; with ``--links`` look whether links to elsewhere work."""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.cmd.build import main as sphinx
from stage import Stage

HERE = Path(__file__).parent


def main(folder: Path, *, links: bool) -> int:
    """Lay out, build with warnings as errors, and return the exit code."""
    stage = folder.with_name(f"{folder.name}-pages")
    Stage(stage).lay_out()
    common = ["-c", str(HERE), "-d", f"{folder}-trees", "--fail-on-warning", "--keep-going", "--quiet"]
    code = sphinx(["-b", "html", "-j", "auto", *common, str(stage), str(folder)])
    if links and not code:
        code = sphinx(["-b", "linkcheck", *common, str(stage), f"{folder}-links"])
    return code


if __name__ == "__main__":
    place, *options = sys.argv[1:]
    sys.exit(main(Path(place).resolve(), links="--links" in options))
