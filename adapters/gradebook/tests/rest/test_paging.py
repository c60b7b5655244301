"""Lists page by page, while they stay as they are and while they do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.errors import UnreadableSource

MANNERS = {"totals": st.booleans(), "links": st.booleans(), "cursors": st.booleans(), "cap": st.integers(2, 9)}


def keys(reading):
    """Return the students' keys."""
    return {record.key for roster in reading.rosters for record in roster.records}


def whole(reading):
    """Return whether all lists are complete."""
    return all(roster.complete and not roster.cut for roster in reading.rosters)


@given(count=st.integers(0, 25), page_size=st.integers(2, 9), manners=st.fixed_dictionaries(MANNERS))
def test_every_record_comes_however_the_service_pages(  # noqa: PLR0913, PLR0917
    running, reader_of, make, count, page_size, manners
):
    """With totals, links, both or neither, and whatever the largest page, a list that stays is read whole."""
    running.reset()
    for name, value in manners.items():
        setattr(running, name, value)
    running.lists = make.school(*(make.user(f"u{at}") for at in range(count)))
    reading = reader_of().read(running, page_size=page_size)

    assert keys(reading) == {f"u{at}" for at in range(count)}
    assert whole(reading)
    assert reading.findings == ()


@pytest.mark.rule("SYNC-7a")
@given(
    count=st.integers(6, 12),
    after=st.integers(1, 3),
    goes=st.one_of(st.none(), st.integers(0, 5)),
    comes=st.one_of(st.none(), st.sampled_from(["a", "u3x", "z"])),
    totals=st.booleans(),
    links=st.booleans(),
)
def test_a_list_that_moves_is_not_taken_as_whole(  # noqa: PLR0913, PLR0917
    running, reader_of, make, count, after, goes, comes, totals, links
):
    """Whoever goes or comes between two pages: if somebody who stayed is missing, the list ends nobody by absence."""
    running.reset()
    running.totals, running.links = totals, links
    users = [make.user(f"u{at:02}") for at in range(count)]
    running.lists = make.school(*users)
    stayed = {f"u{at:02}" for at in range(count) if at != goes}

    def move():
        if goes is not None:
            users[:] = [each for each in users if each["sourcedId"] != f"u{goes:02}"]
        if comes is not None:
            users.append(make.user(comes))
        running.lists["users"] = users

    # Before the users, the schools and the (empty) classes are read, a page each.
    running.between = [lambda: None] * (after + 1) + [move]
    reading = reader_of().read(running, page_size=3)
    students = [roster for roster in reading.rosters if roster.list == "students"]

    if not stayed <= keys(reading):
        assert not any(roster.complete for roster in students)
        assert {"list-moved"} <= {finding.code for finding in reading.findings}
    # Nobody is in two records, however the pages overlap.
    assert len(keys(reading)) == sum(len(roster.records) for roster in reading.rosters)


@pytest.mark.rule("SYNC-7a")
def test_a_total_that_changes_is_noticed(site, reader, make):
    """Though all pages fit each other: who came meanwhile may have been passed over."""
    site.lists = make.school(*(make.user(f"u{at}") for at in range(6)))
    site.between = [lambda: None] * 2 + [lambda: site.lists["users"].append(make.user("u9"))]
    reading = reader.read(site, page_size=4)

    assert [finding.code for finding in reading.findings] == ["list-moved"]
    assert not any(roster.complete for roster in reading.rosters)
    assert all(roster.cut for roster in reading.rosters)


def test_a_link_of_another_service_is_not_followed(site, reader, make):
    """The token stays here, wherever a link leads."""
    site.lists = make.school(make.user("u1"))

    def lead_away(handler):
        make.answer(handler, 200, {"orgs": []}, Link='<https://evil.example/x?skiptoken=2>; rel="next"')
        return True

    site.faults = [lambda _: False, lead_away]
    with pytest.raises(UnreadableSource) as refused:
        reader.read(site)
    assert refused.value.code == "link-elsewhere"
    assert "evil" not in str(refused.value)


def test_a_link_with_an_offset_may_name_the_service_as_it_calls_itself(site, reader, make):
    """Behind a proxy services name an inner address; the offset is known without it."""
    site.lists = make.school(*(make.user(f"u{at}") for at in range(9)))
    site.address, inner = "http://inner.example:8080", site.address
    try:
        source = reader.service(site, url=f"{inner}/ims/oneroster/rostering/v1p2", token_url=f"{inner}/token")
        reading = reader.read(site, url=source.url, token_url=source.token_url, page_size=4)
    finally:
        site.address = inner
    assert len(keys(reading)) == 9


def test_pages_that_repeat_without_keys_are_not_read_for_ever(site, reader, make):
    """Records that lack their key are told apart by what they hold, not by where they stand."""

    def repeat(handler):
        if "/orgs" not in handler.path:
            return False
        nameless = {key: value for key, value in make.orgs("o1")[0].items() if key != "sourcedId"}
        make.answer(handler, 200, {"orgs": [nameless, {**nameless, "name": "SP 2"}]})
        return True

    site.lists = make.school()
    site.faults = [repeat] * 50
    reader.read(site)
    assert len(site.asked) < 12


@pytest.mark.parametrize("cursors", [True, False])
def test_pages_that_repeat_are_not_read_for_ever(site, reader, make, cursors):
    """A service that gives the same page again and again is left."""
    link = "skiptoken=0" if cursors else "offset=2"

    def repeat(handler):
        if handler.path.startswith("/token"):
            return False
        address = f'<{site.address}/ims/oneroster/rostering/v1p2/orgs?{link}>; rel="next"'
        make.answer(handler, 200, {"orgs": make.orgs("o1", "o2")}, Link=address)
        return True

    site.lists = make.school()
    site.faults = [repeat] * 50
    with pytest.raises(UnreadableSource) as refused:
        reader.read(site)
    assert refused.value.code == "pages-repeat"
    assert len(site.asked) < 6


def test_a_service_that_cannot_page_is_not_taken_as_whole(site, reader, make):
    """The same page for any offset, without a total: perhaps that is all, perhaps not."""
    site.totals = site.links = False
    site.lists = make.school(make.user("u1"), make.user("u2"))
    users = site.lists["users"]

    def ignore_offset(handler):
        if "/users" not in handler.path:
            return False
        make.answer(handler, 200, {"users": users})
        return True

    site.faults = [ignore_offset] * 20
    reading = reader.read(site)
    assert keys(reading) == {"u1", "u2"}
    assert not any(roster.complete for roster in reading.rosters)


@pytest.mark.parametrize("total", ["-1", "viele", "٣", "9" * 5000, ""])
def test_a_total_that_is_no_number_is_none(site, reader, make, total):
    """Pages are then read until nothing new comes."""
    site.lists = make.school(*(make.user(f"u{at}") for at in range(5)))
    site.totals = False
    send = make.answer

    def count_oddly(handler):
        if "/orgs" in handler.path:
            send(handler, 200, {"orgs": site.lists["orgs"]}, X_Total_Count=total.encode().decode("latin-1"))
            return True
        return False

    site.faults = [count_oddly] * 3
    assert len(keys(reader.read(site, page_size=2))) == 5
