"""A pytest plug-in: nothing of the house may come from the working tree, whatever a test imported."""

from __future__ import annotations

import sys
from pathlib import Path
from sysconfig import get_path

import pytest


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where a module of the house came from elsewhere than the installed packages."""
    installed = [Path(get_path(name)).resolve() for name in ("purelib", "platlib")]
    strangers = [
        f"{name} came from {module.__file__}"
        for name, module in sorted(sys.modules.items())
        if name.startswith(("eszkola_", "_eszkola_")) and getattr(module, "__file__", None)
        if not any(Path(str(module.__file__)).resolve().is_relative_to(each) for each in installed)
    ]
    if strangers:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        raise pytest.UsageError(*strangers)
