"""E-mail addresses that are missing, wrong, shared, or two of one person: only where they were planted."""

from __future__ import annotations

from collections import defaultdict

from eszkola_cli.region.addresses import PLATFORM_DOMAIN


def elsewhere(files, row, person):
    """Return how other rows name the *person* who stands in *row*."""
    return [
        named
        for other in files.all
        if other != row
        for named in (other.person, *other.guardians)
        if (named.last_name, named.first_name) == (person.last_name, person.first_name)
        and (named.number == person.number or named.email == person.email)
    ]


def test_only_the_planted_students_have_no_address(files):
    """Two in a hundred students have no e-mail address, one of the twins among them."""
    without = sorted(row.spot for row in files.students if not row.person.email)

    assert without == files.planted_at("student-without-email", "twin-without-email")
    assert 0.015 < len(without) / len(files.students) < 0.03


def test_only_the_planted_guardians_have_no_address(files):
    """Nearly all guardians have an e-mail address."""
    without = sorted(row.spot for row in files.students if any(not guardian.email for guardian in row.guardians))

    assert without == files.planted_at("guardian-without-email")
    assert all(row.person.email for row in files.staff)


def test_one_address_is_on_the_platform(region, files, planted):
    """Only the planted student gives a mailbox of the platform as the private one."""
    [[row]] = planted("address-on-the-platform")

    assert row.person.email.endswith(f"@{region.platform_domain}")
    assert [person for person in files.people() if person.email.endswith(f"@{PLATFORM_DOMAIN}")] == [row.person]


def test_one_address_is_malformed(files):
    """Only the planted guardian has an address that is none."""
    malformed = [row for row in files.students if any(guardian.email.count("@") > 1 for guardian in row.guardians)]

    assert sorted(row.spot for row in malformed) == files.planted_at("malformed-address")
    assert all(person.email.count("@") == 1 for person in (row.person for row in files.students) if person.email)


def test_father_and_son_share_name_and_address(files, planted):
    """Only in the planted record student and guardian bear one name, and they read one mailbox."""
    [[row]] = planted("namesakes-with-one-address")
    [father] = [guardian for guardian in row.guardians if guardian.first_name == row.person.first_name]

    assert father.last_name == row.person.last_name
    assert father.email == row.person.email
    assert father.number != row.person.number
    namesakes = [row for row in files.students if row.person.first_name in {g.first_name for g in row.guardians}]
    assert sorted(row.spot for row in namesakes) == files.planted_at("namesakes-with-one-address")


def test_a_guardian_gives_the_address_of_the_child(files, planted):
    """Beside the namesakes only the planted guardian has the child's own address, under another name."""
    [[row]] = planted("guardian-with-childs-address")

    assert row.guardians[0].email == row.person.email != ""
    sharing = [row for row in files.students if row.person.email in {g.email for g in row.guardians} - {""}]
    planted_here = files.planted_at("guardian-with-childs-address", "namesakes-with-one-address")
    assert sorted(row.spot for row in sharing) == planted_here


def test_a_teacher_has_two_addresses(files, planted):
    """The teacher in the planted row is a guardian at another school with the same PESEL and another address."""
    [[row]] = planted("teacher-with-two-addresses")

    [guardian] = elsewhere(files, row, row.person)
    assert guardian.number == row.person.number != ""
    assert guardian.email != row.person.email


def test_a_guardian_has_two_addresses(files, planted):
    """The guardian in the planted row stands in another school with the same PESEL and another address."""
    [[row]] = planted("guardian-with-two-addresses")

    [other] = elsewhere(files, row, row.guardians[0])
    assert other.number == row.guardians[0].number != ""
    assert other.email != row.guardians[0].email


def test_nobody_else_has_two_addresses_or_anothers_number(files):
    """A number is stated with one name and one address but where something was planted."""
    stated = defaultdict(set)
    for row in files.all:
        for person in (row.person, *row.guardians):
            if person.number:
                stated[person.number].add(person)
    contested = {number for number, names in stated.items() if len(names) > 1}

    codes = (
        "record-twice",
        "guardian-pesel-of-somebody-else",
        "guardian-with-two-addresses",
        "teacher-with-two-addresses",
    )
    assert len(contested) == len(codes)
    for spot in files.planted_at(*codes):
        row = next(row for row in files.all if row.spot == spot)
        named = {row.person, *row.guardians}
        assert contested & {person.number for person in named}


def test_an_address_belongs_to_one_name(region, files):
    """No two people share an address but the planted child and its guardian."""
    names = defaultdict(set)
    for person in files.people():
        if person.email:
            names[person.email].add((person.last_name, person.first_name))
    shared = [address for address, owners in names.items() if len(owners) > 1]

    [spot] = [anomaly for anomaly in region.anomalies if anomaly.code == "guardian-with-childs-address"]
    assert shared == [files.at(spot)[0].person.email]
