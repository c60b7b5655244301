"""Makes families and staff who could be true: ages that fit, names that rhyme, numbers and addresses of their own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from random import Random
from typing import Final

from attrs import field, frozen

from eszkola_cli.region.addresses import AddressBook
from eszkola_cli.region.ids import Register
from eszkola_cli.region.model import Named
from eszkola_cli.region.names import POLISH, SLOVENE, UKRAINIAN, surname_of
from eszkola_core.domain.stated import Sex

_NAMES: Final = {"PL": POLISH, "SI": SLOVENE, "UA": UKRAINIAN}
_YOUNGEST_PARENT: Final = 20
_OLDEST_PARENT: Final = 45
_LONE_PARENTS: Final = 0.2
_FATHERS_FIRST: Final = 0.25
_OWN_SURNAMES: Final = 0.1
_STAFF_AGES: Final = (26, 62)


@frozen(kw_only=True)
class Human:
    """A made-up person; records name them, rightly or wrongly."""

    first_name: str
    last_name: str
    sex: Sex
    born: date
    national_id: str = field(repr=False)
    email: str

    def named(self) -> Named:
        """Return how a careful secretary types this person."""
        return Named(
            first_name=self.first_name, last_name=self.last_name, national_id=self.national_id, email=self.email
        )


@frozen
class Birth:
    """Who was born when."""

    sex: Sex
    day: date


@frozen
class Family:
    """Children, and one or two guardians."""

    children: tuple[Human, ...]
    guardians: tuple[Human, ...]


def years_before(day: date, years: int) -> date:
    """Return the same day *years* earlier; the 28th of February for a 29th that is not there."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


class PeopleMaker:
    """Makes people of one region, on the day *today*; nobody shares a number or an address."""

    def __init__(self, rng: Random, today: date, *, ids: Register, addresses: AddressBook) -> None:
        """Draw everything from *rng*, numbers from *ids*, addresses from *addresses*."""
        self._rng = rng
        self._today = today
        self._ids = ids
        self._addresses = addresses

    def family(self, country: str, ages: Sequence[int], *, couple: bool = False) -> Family:
        """Return a family with children of *ages*; *couple* leaves no choice but two guardians."""
        surname = self._rng.choice(_NAMES[country].surnames)
        guardians = 2 if couple or self._rng.random() >= _LONE_PARENTS else 1
        return self._family(country, surname, [Birth(self._sex(), self._birthday(age)) for age in ages], guardians)

    def twins(self, age: int) -> Family:
        """Return a Polish family with a girl and a boy of one day, one surname, and PESELs that follow each other."""
        born = self._birthday(age)
        surname = self._rng.choice(POLISH.shared_surnames)
        pair = self._ids.twin_pesels(born)
        return self._family("PL", surname, [Birth(Sex.FEMALE, born), Birth(Sex.MALE, born)], 2, ids=pair)

    def staff_member(self) -> Human:
        """Return somebody of working age."""
        youngest, oldest = _STAFF_AGES
        birth = Birth(self._sex(), self._birthday(self._rng.randint(youngest, oldest)))
        return self._human("PL", self._rng.choice(POLISH.surnames), birth)

    def _family(
        self,
        country: str,
        surname: str,
        births: Sequence[Birth],
        guardians: int,
        *,
        ids: Sequence[str | None] | None = None,
    ) -> Family:
        parents = self._parents(country, surname, [birth.day for birth in births], guardians)
        used = {parent.first_name for parent in parents}  # no namesakes in a family but those that are planted
        children = []
        for birth, number in zip(births, ids or [None] * len(births), strict=True):
            child = self._human(country, surname, birth, number=number, unlike=used)
            used.add(child.first_name)
            children.append(child)
        return Family(children=tuple(children), guardians=parents)

    def _parents(self, country: str, surname: str, births: Sequence[date], wanted: int) -> tuple[Human, ...]:
        sexes = [Sex.FEMALE, Sex.MALE]
        if self._rng.random() < _FATHERS_FIRST:
            sexes.reverse()
        parents = []
        for sex in sexes[:wanted]:
            own = self._rng.choice(_NAMES[country].surnames) if self._rng.random() < _OWN_SURNAMES else surname
            latest = years_before(min(births), _YOUNGEST_PARENT)
            born = self._between(years_before(max(births), _OLDEST_PARENT), latest)
            parents.append(self._human(country, own, Birth(sex, born)))
        return tuple(parents)

    def _human(
        self,
        country: str,
        surname: str,
        birth: Birth,
        *,
        number: str | None = None,
        unlike: Collection[str] = (),
    ) -> Human:
        given = [name for name in _NAMES[country].given(birth.sex) if name not in unlike]
        first_name, last_name = self._rng.choice(given), surname_of(birth.sex, surname)
        return Human(
            first_name=first_name,
            last_name=last_name,
            sex=birth.sex,
            born=birth.day,
            national_id=self._number(country, birth) if number is None else number,
            email=self._addresses.issue(first_name, last_name, country),
        )

    def _number(self, country: str, birth: Birth) -> str:
        match country:
            case "PL":
                return self._ids.pesel(birth.day, birth.sex)
            case "SI":
                return self._ids.emso(birth.day, birth.sex)
            case _:
                return ""

    def _sex(self) -> Sex:
        return self._rng.choice((Sex.FEMALE, Sex.MALE))

    def _birthday(self, age: int) -> date:
        return self._between(years_before(self._today, age + 1) + timedelta(days=1), years_before(self._today, age))

    def _between(self, first: date, last: date) -> date:
        return first + timedelta(days=self._rng.randint(0, (last - first).days))
