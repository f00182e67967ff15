"""Where somebody may say that they saw something, who may read a site's facts, and whom nobody could reach from it."""

import uuid

import pytest
from django.utils import timezone

from accounts.models import Nation, Organisation, Site, SiteKind, User
from concerns import worker
from tests.accounts.conftest import words
from tests.cards import send_card


@pytest.fixture
def site(cast):
    return Site.objects.get(name="Wexmoor Parkway Station")


@pytest.mark.parametrize(
    ("person", "count"),
    [("asha", 3), ("moss", 3), ("hana", 3), ("lena", 3), ("stan", 1), ("cole", 0), ("priya", 0), ("ada", 0)],
)
def test_whose_sites_a_card_may_name(cast, person, count):
    assert Site.objects.reportable_by(cast[person]).count() == count


@pytest.mark.parametrize(("person", "count"), [("asha", 2), ("moss", 2), ("hana", 3)])
def test_a_guard_and_a_manager_have_their_own_sites_and_the_office_has_all(cast, site, person, count):
    for one in ("asha", "moss"):
        cast[one].sites.remove(site)
    assert Site.objects.reportable_by(cast[person]).count() == count


@pytest.mark.parametrize("person", ["asha", "moss", "hana", "lena"])
def test_a_closed_site_and_a_site_of_another_company_are_nobodys(cast, site, person):
    site.closed_at = timezone.now()
    site.save()
    Site.objects.filter(name="Quillgate Shopping Centre").update(contractor=cast["stan"].organisation)
    assert [str(s) for s in Site.objects.reportable_by(cast[person])] == ["Harrowmere Services"]


def test_moving_to_another_company_takes_no_site_along(cast):
    cast["asha"].organisation = cast["stan"].organisation
    cast["asha"].save()
    assert not Site.objects.reportable_by(cast["asha"]).exists()


# --- the pages


@pytest.mark.parametrize(("person", "status"), [("moss", 200), ("hana", 200), ("lena", 200)])
def test_those_who_answer_for_a_site_read_its_facts(client, cast, site, person, status):
    client.force_login(cast[person])
    said = words(client.get(site.get_absolute_url()))
    for fact in (
        "Railway station, railway site",
        "ZZ9 1AA",
        "Ticket hall",
        "020 7946 0140",
        "7 days",
        "Operation Makesafe",
    ):
        assert fact in said.replace("\u00a0", " ")
    assert site.name in words(client.get("/sites/"))


@pytest.mark.parametrize("person", ["asha", "cole", "priya", "ada", "stan"])
def test_for_everybody_else_it_is_not_there(client, cast, site, person):
    client.force_login(cast[person])
    assert client.get(site.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("person", ["asha", "cole", "priya", "ada"])
def test_who_answers_for_no_site_has_no_list(client, cast, person):
    client.force_login(cast[person])
    assert client.get("/sites/").status_code == 403


def test_another_manager_of_the_company_does_not_see_it(client, cast, site):
    cast["moss"].sites.remove(site)
    client.force_login(cast["moss"])
    assert client.get(site.get_absolute_url()).status_code == 404
    assert site.name not in words(client.get("/sites/"))


def test_unknown_facts_are_said_to_be_unknown(client, cast):
    client.force_login(cast["moss"])
    site = Site.objects.get(name="Harrowmere Services")
    Site.objects.filter(pk=site.pk).update(zones="", control_room_phone="")
    said = words(client.get(site.get_absolute_url()))
    for fact in ("Nobody knows how long", "guards write the place in their own words", "no number known"):
        assert fact in said


def test_the_list_takes_as_many_queries_for_many_sites(client, cast, site, django_assert_max_num_queries):
    for number in range(20):
        Site.objects.create(
            name=f"Site {number}",
            **{
                field: getattr(site, field)
                for field in ("kind", "address", "postcode", "contractor", "customer", "police_force")
            },
        )
    client.force_login(cast["hana"])
    worker.beat(site.pk)
    with django_assert_max_num_queries(4):  # the session, the person, the sites, and whether messages are late
        assert words(client.get("/sites/")).count("Somebody cannot be reached") == 20


# --- whom nobody could reach


def test_where_everybody_can_be_reached_nothing_is_said(client, cast, site):
    client.force_login(cast["moss"])
    assert site.warnings() == []
    assert "could not be reached" not in words(client.get(site.get_absolute_url()))
    assert "Everybody can be reached" in words(client.get("/sites/"))


def without(**facts):
    return lambda organisation: Organisation.objects.filter(pk=organisation.pk).update(**facts)


GAPS = [
    ("police_force", without(number_to_ring=""), "Wexmoor Police has no number to ring."),
    ("police_force", without(standards_mailbox=""), "Wexmoor Police has no professional standards mailbox"),
    ("police_force", without(closed_at=timezone.now()), "Wexmoor Police is closed."),
    ("contractor", without(phone=""), "Brightkeep Security has no 24-hour number."),
    ("contractor", without(lead_phone=""), "Brightkeep Security has no number of its safeguarding lead."),
    ("contractor", without(closed_at=timezone.now()), "Brightkeep Security is closed."),
    ("customer", without(closed_at=timezone.now()), "Tallow & Finch is closed."),
]


@pytest.mark.parametrize(("whose", "take_away", "sentence"), GAPS)
def test_what_an_organisation_lacks_is_said(client, cast, site, whose, take_away, sentence):
    take_away(getattr(site, whose))
    client.force_login(cast["moss"])
    said = words(client.get(site.get_absolute_url()))
    assert "Somebody could not be reached from here" in said
    assert sentence in said


@pytest.mark.parametrize(
    ("leaver", "sentence"),
    [
        ("moss", "No manager cares for this site"),
        ("hana", "Brightkeep Security has nobody at head office who signs in."),
        ("lena", "Brightkeep Security has no safeguarding lead who signs in."),
        ("cole", "Tallow & Finch has nobody who signs in: the customer cannot get a copy."),
    ],
)
def test_a_role_that_nobody_fills_is_said(cast, site, leaver, sentence):
    User.objects.filter(pk=cast[leaver].pk).update(is_active=False)
    assert [s for s in site.warnings() if sentence in s] == site.warnings() != []


def test_a_manager_of_another_site_or_company_does_not_count(cast, site):
    cast["moss"].sites.remove(site)
    cast["stan"].sites.add(site)
    assert site.warnings() == ["No manager cares for this site: nobody there can acknowledge a card."]


def test_the_police_are_reached_by_mailbox_or_by_somebody_who_signs_in(cast, site):
    force = Organisation.objects.filter(pk=site.police_force_id)
    force.update(intelligence_mailbox="")
    assert Site.objects.get(pk=site.pk).warnings() == []
    User.objects.filter(pk=cast["priya"].pk).update(is_active=False)
    assert "the police cannot get a copy" in Site.objects.get(pk=site.pk).warnings()[0]
    force.update(intelligence_mailbox="desk@example.com")
    assert Site.objects.get(pk=site.pk).warnings() == []


# --- whom nobody could send a message, whether or not there is a concern

UNSENT = [
    ("moss", "No manager here has an e-mail address, and the control room has no mailbox"),
    ("hana", "Brightkeep Security has no duty mailbox and nobody at head office with an e-mail address"),
    ("lena", "Brightkeep Security has no safeguarding lead with an e-mail address: the lead is sent no message."),
    ("cole", "Tallow & Finch has nobody with an e-mail address, and its control room has no mailbox"),
]


@pytest.mark.parametrize(("who", "sentence"), UNSENT)
def test_somebody_without_an_address_is_sent_nothing(client, cast, site, who, sentence):
    User.objects.filter(pk=cast[who].pk).update(email=None)
    assert [sentence in said for said in site.warnings()] == [True]
    client.force_login(cast["moss"])
    assert sentence in words(client.get(site.get_absolute_url()))


@pytest.mark.parametrize(("who", "sentence"), UNSENT)
def test_one_of_them_with_an_address_is_enough(cast, site, who, sentence):
    other = User.objects.get(pk=cast[who].pk)
    User.objects.filter(pk=other.pk).update(email=None)
    other.pk, other.staff_number, other.email = None, None, "other@example.com"
    other.id = uuid.uuid4()
    other.save(force_insert=True)
    other.sites.set([site])
    assert site.warnings() == []
    User.objects.filter(pk=other.pk).update(is_active=False)
    assert site.warnings() != []


@pytest.mark.parametrize(
    ("who", "facts"),
    [
        ("moss", {"control_room_mailbox": "room@example.com"}),
        ("moss", {"control_room_webhook": "https://room.example/in"}),
        ("cole", {"customer_mailbox": "shop@example.com"}),
    ],
)
def test_a_mailbox_of_the_site_is_enough(cast, site, who, facts):
    User.objects.filter(pk=cast[who].pk).update(email=None)
    Site.objects.filter(pk=site.pk).update(**facts)
    assert Site.objects.get(pk=site.pk).warnings() == []


def test_a_mailbox_of_head_office_is_enough(cast, site):
    User.objects.filter(pk=cast["hana"].pk).update(email=None)
    Organisation.objects.filter(pk=site.contractor_id).update(head_office_mailbox="office@example.com")
    assert Site.objects.get(pk=site.pk).warnings() == []


def test_police_without_mailbox_or_address_are_sent_nothing(cast, site):
    Organisation.objects.filter(pk=site.police_force_id).update(intelligence_mailbox="")
    User.objects.filter(pk=cast["priya"].pk).update(email=None)
    (said,) = Site.objects.get(pk=site.pk).warnings()
    assert said.startswith("Wexmoor Police has no intelligence mailbox and nobody with an e-mail address")


@pytest.mark.parametrize("who", ["moss", "hana", "lena", "cole"])
def test_a_mailbox_signs_nobody_in(cast, site, who):
    User.objects.filter(pk=cast[who].pk).update(is_active=False)
    Site.objects.filter(pk=site.pk).update(control_room_mailbox="room@example.com", customer_mailbox="s@example.com")
    Organisation.objects.filter(pk=site.contractor_id).update(head_office_mailbox="office@example.com")
    assert len(Site.objects.get(pk=site.pk).warnings()) == 1


def test_what_is_said_of_a_site_is_the_same_whatever_concerns_there_are(cast, site):
    User.objects.filter(pk=cast["cole"].pk).update(email=None)
    before = site.warnings()
    for about in ("no", "site", "guard"):
        send_card(cast["asha"], site=site, about=[about])
    assert site.warnings() == before != []


# --- what the place lacks


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"control_room_phone": ""}, "No number of a control room"),
        ({"is_railway": False}, "A railway station that is not marked as a railway site"),
        ({"nation": Nation.NORTHERN_IRELAND}, "Marked as a railway site in Northern Ireland"),
    ],
)
def test_what_the_place_lacks_is_said(cast, site, facts, sentence):
    Site.objects.filter(pk=site.pk).update(**facts)
    assert [sentence in said for said in Site.objects.get(pk=site.pk).warnings()] == [True]


def test_zones_are_the_lines_that_hold_something():
    assert Site(zones=" Platform 1 \n\n Car park\n").zone_list == ["Platform 1", "Car park"]


def test_every_kind_of_site_has_a_name():
    assert all(kind.label for kind in SiteKind)
