"""How the benchmark of the core is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Any, Final

from benchmarks.parts.figures import Figure
from benchmarks.parts.results import Result


def figures(found: Mapping[str, Result]) -> Iterator[Figure]:
    """Yield what was to be reached, as far as it was measured."""
    if "imports" in found:
        told = found["imports"].data
        above = (median(told["seconds"]["core"]) - median(told["seconds"]["bare"])) * 1000
        modules = told["modules"]["core"] - told["modules"]["bare"]
        yield Figure("P11", "`import eszkola_core` above a bare interpreter, ms", above, at_most=80)
        yield Figure("P11", "modules that it loads", modules, at_most=200)
    if "sign-in" in found:
        told = found["sign-in"].data
        yield Figure("P8", "sign-in against bare argon2-cffi", _ratio(told, "ours", "bare"), at_most=1.03)
    if "looks" in found:
        told = found["looks"].data["seconds"]
        yield Figure(
            "P9", "`children_of` through SQLite against one lookup by hand", _ratio(told, "children", "raw"), at_most=3
        )
        yield Figure("P9", "`may` through SQLite against one lookup by hand", _ratio(told, "may", "raw"), at_most=3)
        yield Figure(
            "P9", "`may`, remembered, against one lookup by hand", _ratio(told, "may, known", "raw"), at_most=3
        )
        for name in ("pycasbin, a policy a link", "pycasbin, relations"):
            yield Figure("P9", f"{name}, against `may`, remembered", _ratio(told, name, "may, known"), at_least=50)
    if "storm" in found:
        told = found["storm"].data
        yield Figure("P13", "memory of 500 sign-ins at once, MiB", told["above"], at_most=told["allowed"])
        yield Figure("P13", "of them unanswered", _unanswered(told["answers"]), at_most=0)


def lines(found: Mapping[str, Result]) -> Iterator[str]:
    """Yield the part of the page."""
    for part, (title, tell) in _PARTS.items():
        if part in found:
            yield f"\n### {title}\n"
            yield f"{found[part].told}.\n"
            yield from tell(found[part].data)


def _imports(told: Mapping[str, Any]) -> Iterator[str]:
    yield "| program | ms | above the bare interpreter | modules |"
    yield "|---|---:|---:|---:|"
    bare = median(told["seconds"]["bare"])
    for name, label in (
        ("bare", "nothing"),
        ("core", "`import eszkola_core`"),
        ("platform", "`from eszkola_core import Platform`"),
    ):
        took = median(told["seconds"][name])
        yield f"| {label} | {took * 1000:.1f} | {(took - bare) * 1000:.1f} | {told['modules'][name]} |"


def _sign_in(told: Mapping[str, Any]) -> Iterator[str]:
    yield "| side | ms | against bare | times |"
    yield "|---|---:|---:|---:|"
    for name, label in (("bare", "argon2-cffi's `verify`, the same profile"), ("ours", "`sign_in.attempt`, SQLite")):
        yield f"| {label} | {median(told[name]) * 1000:.1f} | {_ratio(told, name, 'bare'):.3f} | {len(told[name])} |"


def _tokens(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"{told['many']} people ask for access and set a password; hashing costs next to nothing here.\n"
    yield "| database | issue, µs a token | redeem, µs a token | rounds |"
    yield "|---|---:|---:|---:|"
    for name, rounds in told["rounds"].items():
        issue, redeem = (median(each[job] for each in rounds) * 1e6 for job in ("issue", "redeem"))
        yield f"| {name} | {issue:,.0f} | {redeem:,.0f} | {len(rounds)} |"


def _looks(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"{told['links']:,} guardians with a child each.\n"
    yield "| side | µs | against the lookup by hand | times |"
    yield "|---|---:|---:|---:|"
    for name, seconds in told["seconds"].items():
        took, ratio = median(seconds) * 1e6, _ratio(told["seconds"], name, "raw")
        yield f"| {_LOOKS.get(name, name)} | {took:,.1f} | {ratio:,.1f} | {len(seconds)} |"


def _storm(told: Mapping[str, Any]) -> Iterator[str]:
    many = sum(told["answers"].values())
    yield f"{many} people sign in at one instant; {told['at once']} hashes of 46 MiB may be at work.\n"
    yield "| answered | how many |"
    yield "|---|---:|"
    for name, each in sorted(told["answers"].items()):
        yield f"| {name} | {each} |"
    yield f"\nMemory above the process before: {told['above']:.0f} MiB, {told['allowed']:.0f} allowed."


_LOOKS: Final[Mapping[str, str]] = {
    "raw": "one lookup by hand, `sqlite3`",
    "children": "`see_children.of`, SQLite",
    "may": "`check_permission.may`, SQLite, the first time",
    "may, known": "`check_permission.may`, SQLite, remembered and compared",
    "children, by hand": "the statements of `see_children.of` alone, `sqlite3`",
    "may, by hand": "the statements of `check_permission.may` alone, `sqlite3`",
    "may, known, by hand": "the statements of a remembered one alone, `sqlite3`",
    "pycasbin, relations": "pycasbin, the links as relations in memory",
    "pycasbin, a policy a link": "pycasbin, a policy for each link in memory",
    "cedarpy": "cedarpy, the links handed over with the request",
}


def _ratio(told: Mapping[str, Any], one: str, other: str) -> float:
    return median(told[one]) / median(told[other])


def _unanswered(answers: Mapping[str, int]) -> int:
    return sum(many for name, many in answers.items() if name not in {"SignedIn", "Busy"})


_PARTS: Final[Mapping[str, tuple[str, Callable[[Mapping[str, Any]], Iterator[str]]]]] = {
    "imports": ("Importing", _imports),
    "sign-in": ("Signing in", _sign_in),
    "tokens": ("Tokens", _tokens),
    "looks": ("Who may, and whose children", _looks),
    "storm": ("A storm", _storm),
}
