"""A card that is filled in and sent: what the page offers, and what is stored."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Site
from concerns.models import Concern, Looks, Sex
from concerns.times import LONDON
from tests.cards import send_card
from tests.pages import PERSON, VEHICLE, WORDS, Page, typed, typed_fully

pytestmark = pytest.mark.usefixtures("clock")
NAMES = ["asha", "moss", "hana", "lena"]


@pytest.fixture
def site(cast):
    return Site.objects.get(name="Quillgate Shopping Centre")


def stored(response):
    assert response.status_code == 302, Page(response).errors()
    concern = Concern.objects.get()
    assert response.url == f"/concerns/{concern}/sent/"
    return concern


# --- The empty card -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_place_and_time_and_number_are_filled_in(sign_in, cast, name):
    cast[name].phone = "020 7946 0123"
    cast[name].save()
    posted = Page(sign_in(name).get("/report/")).posted("/report/")
    day = [posted[f"seen_on-{part}"] for part in ("day", "month", "year")]
    assert (day, posted["seen_time"]) == ([["21"], ["11"], ["2026"]], ["23:26"])
    assert posted["phone"] == ["020 7946 0123"]
    assert posted["site"] == [str(Site.objects.reportable_by(cast[name]).first().pk)]


@pytest.mark.parametrize("question", ["urgency", "about", "basis", "still_there", "police_may_ring"])
def test_nothing_that_must_be_said_is_chosen_beforehand(sign_in, question):
    assert question not in Page(sign_in("asha").get("/report/")).posted("/report/")


def test_the_place_is_where_they_last_wrote_from(sign_in, cast, site):
    send_card(cast["asha"], site=site)
    assert Page(sign_in("asha").get("/report/")).posted("/report/")["site"] == [str(site.pk)]


def test_the_page_as_it_opens_needs_three_taps_and_a_sentence(sign_in):
    client = sign_in("asha")
    page = Page(client.get("/report/")).posted("/report/")
    concern = stored(
        client.post("/report/", page | {"urgency": "routine", "about": "no", "basis": "self", "account": "x"})
    )
    assert (concern.account, concern.seen_at) == ("x", datetime(2026, 11, 21, 23, 26, tzinfo=UTC))


@pytest.mark.parametrize(("name", "sites"), [("asha", 3), ("moss", 3), ("hana", 3), ("lena", 3), ("stan", 1)])
def test_the_sites_are_their_own_and_somewhere_else(sign_in, name, sites):
    options = list(Page(sign_in(name).get("/report/")).by_id("site").all("option"))
    assert len(options) == sites + 1
    assert options[-1]["value"] == "elsewhere"


def test_a_site_of_one_company_is_offered_to_no_other(sign_in):
    assert "Quillgate" not in sign_in("stan").get("/report/").content.decode()


def test_a_closed_site_is_not_offered(sign_in, site):
    Site.objects.filter(pk=site.pk).update(closed_at=timezone.now())
    assert "Quillgate" not in sign_in("asha").get("/report/").content.decode()


def test_the_code_word_of_the_force_is_said_once(sign_in):
    assert Page(sign_in("asha").get("/report/")).text.count("Operation Makesafe") == 1


# --- What is stored -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_card_of_a_few_words_is_stored(sign_in, cast, site, name):
    concern = stored(sign_in(name).post("/report/", typed(site)))
    assert (concern.reported_by, concern.site, concern.urgency) == (cast[name], site, "routine")
    assert (concern.about, concern.basis, concern.doubts) == (["no"], "self", False)
    assert concern.received_at == timezone.now()


def test_every_answer_of_a_full_card_is_stored(sign_in, site):
    concern = stored(sign_in("asha").post("/report/", typed_fully(site)))
    assert {name: getattr(concern, name) for name in WORDS} == {name: f"the {name}" for name in WORDS}
    assert (concern.urgency, concern.still_there, concern.basis) == ("emergency", "gone", "witness")
    assert (concern.about, concern.natures) == (["police", "site"], ["gifts", "online"])
    assert (concern.zone, concern.phone) == ("Level 2 food court", "020 7946 0123")
    assert (concern.police_called, concern.doubts, concern.time_is_approximate) == (True, True, True)
    assert (concern.police_may_ring, concern.police_may_know_name) == (True, False)


def test_every_time_of_a_full_card_is_stored(sign_in, site):
    concern = stored(sign_in("asha").post("/report/", typed_fully(site)))
    times = [getattr(concern, name) for name in ("seen_at", "until_at", "camera_from", "camera_until")]
    assert [f"{at.astimezone(LONDON):%d %H%M}" for at in times] == ["21 2250", "21 2310", "21 2245", "21 2315"]


def test_every_person_and_vehicle_of_a_full_card_is_stored(sign_in, site):
    concern = stored(sign_in("asha").post("/report/", typed_fully(site)))
    people, (vehicle,) = concern.people.all(), concern.vehicles.all()
    assert [(person.looks, person.sex) for person in people] == [(Looks.TO_15, Sex.FEMALE), (Looks.OVER_50, Sex.UNSURE)]
    for n, person in enumerate(people):
        assert [getattr(person, name) for name in PERSON] == [f"the {name} of people-{n}" for name in PERSON]
    assert [getattr(vehicle, name) for name in VEHICLE] == [f"the {name} of vehicles-0" for name in VEHICLE]


def test_somewhere_else_is_stored_without_a_site(sign_in, site):
    answers = typed("elsewhere", place="The street behind", zone=f"{site.pk}/Car park")
    concern = stored(sign_in("asha").post("/report/", answers))
    assert (concern.site, concern.zone, concern.place) == (None, "", "The street behind")


def test_rows_that_are_empty_are_left_out(sign_in, site):
    rows = {"people-0-name": "", "people-1-name": "Kez", "people-2-looks": "", "vehicles-0-mark": "  "}
    concern = stored(sign_in("asha").post("/report/", typed(site, **rows)))
    assert [(person.number, person.name) for person in concern.people.all()] == [(1, "Kez")]
    assert not concern.vehicles.exists()


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("02079460123", "020 7946 0123"),
        ("+44 20 7946 0123", "020 7946 0123"),
        ("+48 512 345 678", "+48 512 345 678"),
        ("", ""),
    ],
)
def test_a_number_can_be_rung_from_here(sign_in, site, number, kept):
    assert stored(sign_in("asha").post("/report/", typed(site, phone=number))).phone == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2026-11-21T22:26:00+00:00", timedelta(hours=1)),
        ("2026-11-22T22:26:00+00:00", timedelta(0)),
        ("2025-11-21T22:26:00+00:00", timedelta(0)),
        ("2026-11-21T22:26:00", timedelta(0)),
        ("yesterday\0", timedelta(0)),
        ("", timedelta(0)),
    ],
)
def test_written_is_when_the_form_was_opened_and_never_later_than_now(sign_in, site, said, kept):
    concern = stored(sign_in("asha").post("/report/", typed(site, written_at=said)))
    assert concern.written_at == concern.received_at - kept


# --- What a forger sends along ------------------------------------------------------------------------------------


FORGED = {
    "reported_by": "STAN",
    "reported_by_id": "STAN",
    "author_role": "head_office",
    "company": "COMPANY",
    "company_id": "COMPANY",
    "reference": "AAAAAAAA",
    "id": "00000000-0000-0000-0000-000000000001",
    "pk": "00000000-0000-0000-0000-000000000001",
    "received_at": "2020-01-01T00:00:00+00:00",
    "seen_at": "2020-01-01T00:00:00+00:00",
    "until_at": "2020-01-01T00:00:00+00:00",
    "submission_digest": "0" * 64,
    "recipient": "customer",
    "deliveries": "customer",
    "kept_from": "STAN",
    "people-0-number": "7",
    "people-0-concern": "00000000-0000-0000-0000-000000000001",
}


def test_what_a_forger_sends_along_is_ignored(sign_in, cast, site):
    values = {"STAN": str(cast["stan"].pk), "COMPANY": str(cast["stan"].organisation_id)}
    forged = {name: values.get(value, value) for name, value in FORGED.items()} | {"people-0-name": "Kez"}
    concern = stored(sign_in("asha").post("/report/", typed(site, **forged)))
    assert (concern.reported_by, concern.author_role, concern.company) == (cast["asha"], "guard", site.contractor)
    assert (concern.received_at, concern.seen_at) == (timezone.now(), timezone.now() - timedelta(minutes=60))
    assert concern.reference != "AAAAAAAA"
    assert str(concern.pk) != FORGED["id"]
    assert concern.people.get().number == 1
    assert concern.deliveries.count() == 4


@pytest.mark.parametrize("key", ["", "not a key", "\0", "7", None])
def test_a_key_that_was_lost_on_the_way_stops_nothing(sign_in, site, key):
    stored(sign_in("asha").post("/report/", typed(site, submission_key=key)))


def test_the_key_of_the_form_is_the_key_of_the_card(sign_in, site):
    key = uuid.uuid4()
    assert stored(sign_in("asha").post("/report/", typed(site, submission_key=str(key)))).submission_key == key


@pytest.mark.parametrize("name", ["cole", "priya", "ada"])
def test_who_may_not_report_stores_nothing(sign_in, site, name):
    assert sign_in(name).post("/report/", typed(site)).status_code == 403
    assert not Concern.objects.exists()
