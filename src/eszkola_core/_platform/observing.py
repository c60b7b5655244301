"""
Telling an observer what the operations of a use case came to, from outside: no rule knows that anybody watches.

What is told is taken from the outcome by this module alone: the names of its class and of its codes, numbers from the
table below, and nothing of what went in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import wraps
from types import FunctionType, GeneratorType, MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from attrs import AttrsInstance, asdict, frozen

from eszkola_core._platform.arguments import checked
from eszkola_core._usecases.assign_licences import Reviewed
from eszkola_core._usecases.close_dormant import Rested
from eszkola_core._usecases.deliver_events import Heard
from eszkola_core._usecases.deliver_messages import Delivered
from eszkola_core._usecases.deliver_sms import SmsDelivered
from eszkola_core._usecases.forget_old import Forgotten
from eszkola_core._usecases.hand_out_credentials import Printed, Sent
from eszkola_core._usecases.import_rosters import Applied, GroundMoved
from eszkola_core._usecases.undo_run import Undone
from eszkola_core.domain.plans import Plan
from eszkola_core.domain.telemetry import Observation
from eszkola_core.domain.undo_plans import UndoPlan
from eszkola_core.errors import EszkolaError

if TYPE_CHECKING:
    from eszkola_core.ports.telemetry import Observer

T = TypeVar("T")

_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OURS: Final = "eszkola_core."


def _numbers(counts: AttrsInstance) -> Mapping[str, int]:
    """Return the numbers of a value that may have others beside them."""
    return {name: each for name, each in asdict(counts).items() if type(each) is int}


_COUNTED: Final[Mapping[type, Callable[[Any], Mapping[str, int]]]] = MappingProxyType(
    {
        int: lambda done: {"count": done},
        **dict.fromkeys((Delivered, Forgotten, Heard, Rested, Reviewed, SmsDelivered), _numbers),
        **dict.fromkeys((Plan, UndoPlan), lambda done: _numbers(done.counts)),
        **dict.fromkeys((Applied, GroundMoved, Undone), lambda done: _numbers(done.plan.counts)),
        **dict.fromkeys((Printed, Sent), lambda done: {"letters": len(done.letters)}),
    }
)
"""The numbers of an outcome: all of them count something, and none is the number of a person."""

_RUN_BY: Final = (Applied, Undone)


@frozen
class _Told:
    """What may be said of an outcome."""

    outcome: str
    reason: str = ""
    is_error: bool = False
    counts: Mapping[str, int] = MappingProxyType({})
    run: int | None = None


class Observed:
    """
    A use case that looks at what it is handed, and tells an observer of each of its operations, where there is one.

    To everybody else it is the use case itself.

    Operations that the use case calls of itself are part of the one that was asked for, and not told a second time.
    """

    def __init__(self, inner: object, watch: Callable[[str, Callable[..., Any]], Callable[..., Any]]) -> None:
        self._inner = inner
        for name, found in vars(type(inner)).items():
            if isinstance(found, FunctionType) and not name.startswith("_"):
                setattr(self, name, watch(name, getattr(inner, name)))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the use case has
        """Return what the use case has by that name."""
        return getattr(self._inner, name)

    def __repr__(self) -> str:
        return repr(self._inner)

    @property  # type: ignore[misc] # a type checker sees the use case, never this class
    def __class__(self) -> type:
        """What `isinstance` is to believe."""
        return type(self._inner)


def observed(name: str, use_case: T, tenant: str, observer: Observer | None, timer: Callable[[], float]) -> T:
    """Return *use_case* with its arguments checked, watched by *observer* where there is one."""
    if observer is None:
        return cast("T", Observed(use_case, lambda _, run: checked(run)))
    watching = _Watching(tenant, name, observer, timer)
    return cast("T", Observed(use_case, lambda operation, run: watching.watch(operation, checked(run))))


@frozen
class _Watching:
    """Watches the operations of one use case."""

    tenant: str
    use_case: str
    observer: Observer
    timer: Callable[[], float]

    def watch(self, operation: str, run: Callable[..., Any]) -> Callable[..., Any]:
        """Return *run*, watched."""

        @wraps(run)
        def watched(*arguments: Any, **more: Any) -> Any:  # noqa: ANN401 - the operation's own
            began = self.timer()
            try:
                done = run(*arguments, **more)
            except BaseException as error:
                self._tell(operation, began, _failed(error))
                raise
            if isinstance(done, GeneratorType):
                return self._to_its_end(operation, began, done)
            self._tell(operation, began, _told(done))
            return done

        return watched

    def _to_its_end(self, operation: str, began: float, steps: Iterator[T]) -> Iterator[T]:
        """Yield what an operation does step by step, and tell of it when it has ended, or was left off."""
        count, told = 0, _Told("left-off")
        try:
            for each in steps:
                count += 1
                yield each
            told = _Told("done")
        except GeneratorExit:
            raise
        except BaseException as error:
            told = _failed(error)
            raise
        finally:
            self._tell(operation, began, _Told(told.outcome, told.reason, told.is_error, {"steps": count}))

    def _tell(self, operation: str, began: float, told: _Told) -> None:
        seen = Observation(
            tenant=self.tenant,
            use_case=self.use_case,
            operation=operation,
            outcome=told.outcome,
            reason=told.reason,
            is_error=told.is_error,
            seconds=self.timer() - began,
            counts=told.counts,
            run=told.run,
        )
        try:
            self.observer(seen)
        except Exception:
            from logging import getLogger  # noqa: PLC0415 - costs every program, and helps those that have a bug

            getLogger("eszkola_core").exception("the observer failed; what it watched went on")


def _told(done: object) -> _Told:
    """Return what may be said of what an operation returned."""
    kind = type(done)
    counts = _COUNTED[kind](done) if kind in _COUNTED else {}
    if not kind.__module__.startswith(_OURS):
        return _Told("none" if done is None else "done", counts=counts)
    run = getattr(done, "run", None) if kind in _RUN_BY else None
    return _Told(_slug(kind), _reason(done), counts=counts, run=None if run is None else run.id)


def _reason(done: object) -> str:
    """Return the code that an outcome has: only words of an enumeration are any."""
    found = done
    for name in ("reason", "permission", "ground"):
        found = getattr(found, name, found)
    return found.value if isinstance(found, StrEnum) else ""


def _failed(error: BaseException) -> _Told:
    """Return what may be said of an exception: its class, and the stable code of ours; never its text."""
    code = error.code if isinstance(error, EszkolaError) else ""
    return _Told(_slug(type(error)), code, is_error=True)


def _slug(kind: type) -> str:
    """
    Return the name of a class as a code.

    >>> _slug(KeyError)
    'key-error'
    """
    return _WORDS.sub("-", kind.__name__).lower()
