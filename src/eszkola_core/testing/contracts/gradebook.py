"""What every gradebook source promises, as tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Protocol

import attrs
import pytest
from attrs import evolve, field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core.domain.findings import Finding
from eszkola_core.domain.stated import Problem, Reading, StatedPerson, StatedRecord, together
from eszkola_core.errors import UnreadableSource
from eszkola_core.ports.gradebook import GradebookSource


@frozen(kw_only=True)
class Row:
    """One student as the test writes it into a file; a cell that the format has no column for is left out."""

    record: str
    first_name: str = "Zofia"
    last_name: str = "Święcicka-Łoś"
    national_id: str = field(default="", repr=False)
    email: str = ""
    birth_date: str = ""


class Gradebook(Protocol):
    """A gradebook that can be written, as the test of an adapter plays it."""

    @property
    def source(self) -> GradebookSource:
        """What reads it."""

    def write(self, folder: Path, rows: Sequence[Row]) -> Sequence[Path]:
        """Write a whole list of students into *folder*, in the order given, and return what is to be read."""

    def read(self, paths: Sequence[Path]) -> Reading:
        """Return what `source` reads from *paths*, named with the format and school that they need."""


# Numbers that are no national ids at all: wrong lengths, wrong check digits. Nobody has them.
WRONG_IDS = ("12345678901", "99999999999", "1234", "0000000000x")


class GradebookContract:
    """Holds a `GradebookSource` to every clause of its port."""

    unreadable_date: ClassVar[str | None] = "31.02.20x5"
    """What no parser of the format can read as a birth date; None where the format has none."""

    keyless: ClassVar[str | None] = ""
    """A record key that cannot be read; None where the format has no record keys."""

    @pytest.fixture
    def gradebook(self) -> Gradebook:
        """Return a gradebook that can be written."""
        pytest.fail("override the fixture `gradebook`: return a `Gradebook` that writes and reads a format of yours")

    @pytest.mark.clause("GB1")
    def test_what_breaks_a_rule_is_stated_as_it_stands(self, gradebook: Gradebook, tmp_path: Path) -> None:
        """Impossible ids and addresses are translated, not judged; names keep their letters."""
        rows = [
            Row(record=str(number), national_id=text, email="to nie jest adres", last_name="Żółć'Đ")
            for number, text in enumerate(WRONG_IDS)
        ]
        people = _students(gradebook.read(gradebook.write(tmp_path, rows)))

        assert sorted(each.ids[0].text for each in people) == sorted(WRONG_IDS)
        assert {each.email for each in people} == {"to nie jest adres"}
        assert {(each.first_name, each.last_name) for each in people} == {("Zofia", "Żółć'Đ")}

    @pytest.mark.clause("GB1")
    def test_nobody_is_left_out_or_joined(self, gradebook: Gradebook, tmp_path: Path) -> None:
        """Two records of one name and id are two: who is who is not for a source to say."""
        rows = [Row(record=str(number), national_id=WRONG_IDS[0]) for number in range(5)]

        assert len(_students(gradebook.read(gradebook.write(tmp_path, rows)))) == len(rows)

    @pytest.mark.clause("GB2")
    def test_what_is_no_roster_is_an_unreadable_source(self, gradebook: Gradebook, tmp_path: Path) -> None:
        """A missing file, one without content and one of noise are named, with a remedy; nothing is returned."""
        (path,) = gradebook.write(tmp_path, [Row(record="1")])[:1]
        for name, content in (("missing", None), ("empty", b""), ("noise", b"\x00\xff\xfe\x89PNG\r\n" * 9)):
            bad = path.with_name(f"{name}{path.suffix}")
            if content is not None:
                bad.write_bytes(content)
            with pytest.raises(UnreadableSource) as refused:
                _all(gradebook.read([bad]))

            assert bad.name in refused.value.source
            assert refused.value.hint

    @pytest.mark.clause("GB3")
    def test_a_cell_that_cannot_be_read_is_a_problem_of_its_field(self, gradebook: Gradebook, tmp_path: Path) -> None:
        """The rest of the row stands, and so do all other rows."""
        if self.unreadable_date is None:
            pytest.skip("this format has no birth date: `unreadable_date` is None")
        rows = [Row(record="1", birth_date=self.unreadable_date), Row(record="2")]
        people = _students(gradebook.read(gradebook.write(tmp_path, rows)))
        problems = [problem for each in people for problem in each.problems]

        assert len(people) == len(rows)
        assert [each.field for each in problems] == ["birth_date"]
        assert all(each.code and each.hint for each in problems)

    @pytest.mark.clause("GB3")
    def test_a_row_without_its_key_makes_the_roster_incomplete(self, gradebook: Gradebook, tmp_path: Path) -> None:
        """A list of which one row cannot be told apart ends nobody by absence."""
        if self.keyless is None:
            pytest.skip("this format has no record keys: `keyless` is None")
        whole = gradebook.read(gradebook.write(tmp_path, [Row(record="1"), Row(record="2")]))
        other = tmp_path / "other"
        other.mkdir()
        holed = gradebook.read(gradebook.write(other, [Row(record="1"), Row(record=self.keyless)]))
        _all(whole)
        _all(holed)

        assert {each.complete for each in whole.rosters if each.list == "students"} == {True}
        assert {each.complete for each in holed.rosters if each.list == "students"} == {False}

    @pytest.mark.clause("GB4")
    def test_the_order_of_rows_and_paths_does_not_matter(self, gradebook: Gradebook, tmp_path: Path) -> None:
        """Whatever the order, the same is stated of the same records."""
        rows = [Row(record=str(number), first_name=name) for number, name in enumerate(["Ola", "Ewa", "Jan", "Ida"])]
        wanted = _stated(gradebook.read(gradebook.write(tmp_path, rows)))

        @settings(max_examples=10, deadline=None)
        @given(st.permutations(rows), st.randoms(use_true_random=False))
        def agree(shuffled: list[Row], random: st.DataObject) -> None:
            paths = list(gradebook.write(tmp_path, shuffled))
            random.shuffle(paths)  # type: ignore[attr-defined]
            assert _stated(gradebook.read(paths)) == wanted

        agree()

    @pytest.mark.clause("GB5")
    def test_no_national_id_is_spoken(self, gradebook: Gradebook, tmp_path: Path) -> None:
        """Not in a finding, a problem or the repr of what is stated: right ids and wrong ones, in whatever column."""
        secret = "99999999998"  # noqa: S105 - a number with a wrong check digit
        rows = [
            Row(record="1", national_id=secret),
            Row(record="2", national_id=f" {secret}x"),
            Row(record="3", birth_date=secret),
        ]
        reading = gradebook.read(gradebook.write(tmp_path, rows))
        people = _students(reading)
        spoken: list[Finding | Problem] = [
            *reading.findings,
            *(problem for each in people for problem in each.problems),
        ]

        assert people
        assert secret not in repr(people)
        for each in spoken:
            assert secret not in repr(attrs.astuple(each))

    @pytest.mark.clause("GB6")
    def test_the_same_bytes_state_the_same(self, gradebook: Gradebook, tmp_path: Path) -> None:
        """Read again they state the same, line numbers and findings included."""
        paths = gradebook.write(tmp_path, [Row(record="1"), Row(record="2", email="x")])
        first, again = gradebook.read(paths), gradebook.read(paths)

        assert _stated(first) == _stated(again)
        assert first.findings == again.findings
        assert (first.format, first.schools) == (again.format, again.schools)

    @pytest.mark.clause("GB8")
    def test_what_is_known_is_not_opened(self, gradebook: Gradebook, tmp_path: Path) -> None:
        """It states the same when it is opened; where anything in it is different it is not the one that was known."""
        rows = [Row(record="1"), Row(record="2")]
        paths = gradebook.write(tmp_path, rows)
        (own,) = {each.school for each in gradebook.read(paths).rosters}
        first = gradebook.source.read(paths, school=own, known=lambda _: False)
        assert not first.unopened
        stamps = {each.stamp for each in first.rosters if each.stamp}

        again = gradebook.source.read(paths, school=own, known=stamps.__contains__)
        assert {each.stamp for each in again.unopened} == stamps
        assert _stated(together([evolve(again, unopened=()), *(each.read() for each in again.unopened)])) == _stated(
            first
        )

        changed = gradebook.write(tmp_path, [*rows, Row(record="3")])
        assert not gradebook.source.read(changed, school=own, known=stamps.__contains__).unopened

    @pytest.mark.clause("GB7")
    def test_nothing_is_stated_of_another_school_than_the_one_named(self, gradebook: Gradebook, tmp_path: Path) -> None:
        """What does not say whose it is is the school's that was named; what says another's is refused."""
        paths = gradebook.write(tmp_path, [Row(record="1"), Row(record="2")])
        (own,) = {each.school for each in gradebook.read(paths).rosters}
        assert {each.school for each in gradebook.source.read(paths, school=own).rosters} == {own}
        with suppress(UnreadableSource):
            another = gradebook.source.read(paths, school="another-school")
            assert {each.school for each in another.rosters} == {"another-school"}


def _all(reading: Reading) -> list[StatedRecord]:
    """Return all records: rosters may be streamed, so faults may come only now."""
    return [record for roster in reading.rosters for record in roster.records]


def _students(reading: Reading) -> list[StatedPerson]:
    return [each for record in _all(reading) for each in record.people if each.role == "student"]


def _stated(reading: Reading) -> list[str]:
    """Return what is stated, in an order of its own and without places in files."""
    return sorted(_lines(reading))


def _lines(reading: Reading) -> Iterator[str]:
    for roster in reading.rosters:
        yield repr((roster.school, roster.origin, roster.list, roster.kind, roster.complete, roster.version))
        for record in roster.records:
            yield repr(attrs.astuple(evolve(record, source="", line=0)))
