"""Which notices hold for whom, and what counts as having acknowledged one (LAW-1)."""

from __future__ import annotations

import json
import re
from itertools import product

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._defaults import shipped_notices
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.notices import Notice, NoticeKind, in_force, outstanding
from eszkola_core.domain.tenants import LOCALES
from eszkola_core.errors import InvalidValue
from eszkola_core.testing import strategies as s

SCHOOLS = ("a", "b", "c")
_published = st.lists(
    s.notices(schools=st.sampled_from(["", *SCHOOLS])), max_size=6, unique_by=lambda each: (each.kind, each.school)
)
_schools = st.sets(st.sampled_from(SCHOOLS))


@pytest.mark.rule("LAW-1")
@pytest.mark.parametrize("kind", NoticeKind)
def test_the_content_ships_in_every_language(kind):
    """One notice of each kind, everybody's, whole in Polish, Slovene and English."""
    (notice,) = [each for each in shipped_notices() if each.kind is kind]

    assert notice.school == ""
    assert set(notice.texts) == set(LOCALES)
    assert all(len(text) > 200 for text in notice.texts.values())
    assert len({notice.text(locale) for locale in LOCALES}) == len(LOCALES)


@pytest.mark.rule("LAW-1")
@pytest.mark.parametrize("locale", LOCALES)
def test_the_safety_rules_are_all_eighteen(locale):
    """Each language has the points 1 to 18, in order, and the tenth says all three things to do."""
    text = shipped_notices()[0].text(locale)

    assert [int(each) for each in re.findall(r"^(\d+)\. ", text, re.MULTILINE)] == list(range(1, 19))
    (tenth,) = re.findall(r"^10\. .*$", text, re.MULTILINE)
    assert re.findall(r"\b([abc])\) ", tenth) == ["a", "b", "c"]


@pytest.mark.rule("LAW-1")
@given(_published, _schools)
def test_a_school_s_own_notice_stands_before_the_tenant_s_and_that_before_what_ships(published, schools):
    """For each kind and each school of somebody: the nearest there is, each once, and nothing of other schools."""
    own = {(each.kind, each.school): each for each in published}
    shipped = {each.kind: each for each in shipped_notices()}
    expected = []
    for kind, school in product(NoticeKind, sorted(schools) or [""]):
        nearest = own.get((kind, school)) or own.get((kind, "")) or shipped[kind]
        expected += [] if nearest in expected else [nearest]

    found = in_force(shipped_notices(), published, schools)

    assert len(found) == len({each.digest for each in found})
    assert {each.digest for each in found} == {each.digest for each in expected}
    assert [each.kind for each in found] == sorted([each.kind for each in found], key=list(NoticeKind).index)


@pytest.mark.rule("LAW-1")
@given(st.data(), st.lists(s.notices(), min_size=1, max_size=5))
def test_what_was_acknowledged_is_that_very_content(data, notices):
    """Whoever acknowledged a version has neither another version, nor the same one with another text, behind them."""
    known = data.draw(st.lists(s.acknowledgements(notices=st.sampled_from(notices))))

    left = outstanding(notices, known)

    done = {each.digest for each in known}
    assert [each.digest for each in left] == [each.digest for each in notices if each.digest not in done]
    changed = [evolve(each, texts={**each.texts, "pl": each.text("pl") + "!"}) for each in notices]
    assert outstanding(changed, known) == tuple(changed)
    assert outstanding([evolve(each, version=each.version + "b") for each in notices], known)


@pytest.mark.rule("LAW-1")
@given(s.notices(), s.notices())
def test_the_digest_stands_for_the_whole_content(one, other):
    """Two notices have one digest exactly when nothing of them differs, and the order of languages is nothing."""
    assert (one.digest == other.digest) == (one == other)
    assert evolve(one, texts=dict(reversed(list(one.texts.items())))).digest == one.digest


@given(s.notices(), st.sampled_from(LOCALES))
def test_there_is_a_text_in_every_language(notice, locale):
    """In the one that is asked for where it is there, else in another."""
    assert notice.text(locale) == notice.texts.get(locale, notice.text(locale))
    assert notice.text(locale).strip()


@pytest.mark.parametrize(("version", "texts"), [(" ", {"pl": "Zasady"}), ("1", {}), ("1", {"pl": " \n"})])
def test_a_notice_has_a_version_and_a_text(version, texts):
    """Without either there is nothing to acknowledge."""
    with pytest.raises(InvalidValue):
        Notice(kind=NoticeKind.COMMITMENT, version=version, texts=texts)


@given(s.acknowledgements(people=st.just(PersonId(7))))
def test_an_acknowledgement_is_evidence(acknowledgement):
    """It says who, what, which version, with what digest, in which language, when and how."""
    assert acknowledgement.person == 7
    assert acknowledgement.at.utcoffset() is not None
    assert len(acknowledgement.digest) == 32
    assert json.dumps([acknowledgement.version, acknowledgement.locale, acknowledgement.channel, acknowledgement.kind])
