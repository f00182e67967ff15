"""The shift handover: each concern once, with who still has to be told and what was done; no word of a card."""

import re
from datetime import timedelta
from itertools import combinations

import pytest
from django.utils import timezone

from accounts.models import Site
from accounts.roles import Role
from concerns import actions, digest, handover
from concerns.actions import chasing
from concerns.checklist import do_not_tell
from concerns.models import Concern, Delivery, Question
from concerns.reading import whole_card
from concerns.routing import Party
from tests.benchmarks.filling import fill
from tests.benchmarks.statements import listened, shape
from tests.cards import add_note, send_canaries, send_card
from tests.pages import Page

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALL = {"manager": "moss", "head_office": "hana", "customer": "cole", "police": "priya"}

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def site(cast):
    return Site.objects.get(name="Quillgate Shopping Centre")


@pytest.fixture
def page(sign_in):
    """The handover as this person sees it."""

    def get(who):
        response = sign_in(who).get("/handover/")
        assert response.status_code == 200
        return Page(response)

    return get


@pytest.fixture
def parts(page):
    """{part: {reference: what is said of it}} of somebody's handover."""

    def read(who):
        sections = [box for box in page(who).all("section") if box["aria-labelledby"].startswith("part-")]
        return {box["aria-labelledby"].removeprefix("part-"): entries(box) for box in sections}

    return read


def entries(box):
    lines = {next(entry.all("a")).text: entry.text for entry in box.all("li")}
    return {reference: text.removeprefix(reference).strip() for reference, text in lines.items()}


def references(page):
    return re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", page.by_id("main-content").text)


def copy_for(concern, recipient):
    return concern.deliveries.get(recipient=recipient)


def acknowledge(concern, cast, *recipients):
    for recipient in recipients:
        assert actions.acknowledge(delivery=copy_for(concern, recipient), by=cast[ALL[recipient]])


# --- What is open -------------------------------------------------------------------------------------------------


def test_what_waits_says_for_whom_and_until_when(cast, parts, site, clock):
    concern = send_card(cast["asha"], site=site, urgency="prompt", police_called=True)
    clock(2026, 11, 22, 0, 46)
    (said,) = parts("moss")["yours"].values()
    assert said.startswith("Quillgate Shopping Centre, Level 2 food court Waiting for you, by 00:26 (20 min overdue); ")
    assert "head office, by 03:26; the customer, by 11:26; the police, by Sunday 23:26." in said
    acknowledge(concern, cast, "manager", "head_office")
    (said,) = parts("moss")["others"].values()
    assert "Waiting for the customer, by 11:26; the police, by Sunday 23:26." in said


def test_the_most_overdue_comes_first(cast, parts, site, clock):
    late, later, soon = (send_card(cast["asha"], site=site, now=timezone.now() - n * HOUR) for n in (30, 14, 1))
    assert list(parts("moss")["yours"]) == [str(late), str(later), str(soon)]


def test_the_police_not_told_are_the_loudest_with_the_numbers_to_ring(cast, page, parts, site, clock):
    send_card(cast["asha"], site=site, now=timezone.now() - 20 * HOUR)
    concern = send_card(cast["asha"], site=site, urgency="prompt")
    clock(2026, 11, 22, 0, 27)
    for who in ("moss", "hana"):
        assert next(iter(parts(who))) == "police"
        (said,) = parts(who)["police"].values()
        assert "Ring 999 If a child is in danger now. Ring 101 If not. 020 7946 0204 Wexmoor Police." in said
        assert "Say “Operation Makesafe”. Give the reference." in said
    (box,) = [box for box in page("moss").all("section") if "cse-box--alarm" in box["class"]]
    assert str(concern) in box.text
    call = copy_for(concern, "police_call")
    actions.record_told(delivery=call, by=cast["moss"], whom="Ali", at=timezone.now(), how="101", log="431")
    assert "police" not in parts("moss")


def test_of_the_police_not_told_the_most_urgent_stands_first(cast, parts, site, clock):
    for_longer = send_card(cast["asha"], site=site, urgency="prompt")
    clock(2026, 11, 22, 0, 50)
    emergency = send_card(cast["asha"], site=site, urgency="emergency")
    clock(2026, 11, 22, 1, 10)
    assert list(parts("moss")["police"]) == [str(emergency), str(for_longer)]


def test_police_who_have_their_copy_are_not_said_not_to_know(cast, page, parts, site, sign_in, clock):
    concern = send_card(cast["asha"], site=site, urgency="emergency")
    acknowledge(concern, cast, "police")
    clock(2026, 11, 22, 0, 27)
    assert not [copy for copy in concern.deliveries.all() if copy.police_due_at]
    for who in ("moss", "hana"):
        assert "police" not in parts(who)
        for address in ("/concerns/", f"/concerns/{concern}/"):
            assert "cse-box--alarm" not in sign_in(who).get(address).content.decode()
    assert "Police not told" not in [part.heading for part in digest_of(cast["hana"])]


def digest_of(person):
    now = timezone.now()
    return [part for part in digest.contents(person, since=now - DAY, now=now) if part.references]


def test_the_call_is_chased_as_any_copy_that_waits_though_the_police_have_theirs(cast, parts, site, clock):
    concern = send_card(cast["asha"], site=site, urgency="emergency")
    acknowledge(concern, cast, "police", "manager", "head_office", "customer")
    now = clock(2026, 11, 22, 0, 27)
    call = copy_for(concern, "police_call")
    assert call in Delivery.objects.due(now)
    chasing.proceed(delivery=call, now=now)
    assert copy_for(concern, "police_call").escalations == 1
    assert "Waiting for police call, by 23:41 (46 min overdue)." in parts("moss")["others"][str(concern)]


def test_a_released_reader_does_not_learn_that_the_standards_desk_has_it(cast, parts, site, clock):
    concern = send_card(cast["asha"], site=site, urgency="prompt", about=["guard", "police"])
    actions.release(delivery=copy_for(concern, "manager"), by=cast["hana"], reason="It was not him.")
    clock(2026, 11, 22, 0, 27)
    before = parts("moss")
    actions.acknowledge(delivery=copy_for(concern, "standards"), by=cast["lena"])
    assert parts("moss") == before
    assert list(before) == ["police"]
    assert "police" not in parts("hana")


def test_a_card_about_an_officer_sends_nobody_to_the_local_desk(cast, parts, site, clock):
    send_card(cast["asha"], site=site, urgency="prompt", about=["police"])
    clock(2026, 11, 22, 0, 27)
    (said,) = parts("moss")["police"].values()
    assert "Ask for the professional standards desk of Wexmoor Police." in said
    assert "020 7946 0204" not in said


def test_footage_about_to_be_lost_is_there_though_everybody_has_it(cast, parts, site):
    concern = send_card(cast["asha"], site=site, seen_at=timezone.now() - 29 * DAY)
    acknowledge(concern, cast, *ALL)
    assert (
        "CCTV is overwritten by Sunday 23:26. Nobody has said that it is saved."
        in parts("moss")["footage"][str(concern)]
    )
    actions.save_footage(concern=concern, by=cast["moss"], whom="Dee", on=timezone.now(), where="Safe 2")
    assert "23:26 footage saved, Moss" in parts("moss")["done"][str(concern)]


def test_a_question_that_the_author_has_not_answered_is_there(cast, parts, site, clock):
    concern = send_card(cast["asha"], site=site)
    acknowledge(concern, cast, *ALL)
    question = actions.ask(concern=concern, by=cast["hana"], text="canary: which lift?")
    clock(2026, 11, 23, 12, 0)
    assert (
        "The author was asked something, 21 November, 23:26, and has not answered."
        in parts("moss")["asked"][str(concern)]
    )
    actions.answer(question=question, by=cast["asha"], text="canary: the left one")
    assert "12:00 question answered, Asha" in parts("moss")["done"][str(concern)]


def test_a_hold_says_that_the_customer_must_not_be_told(cast, parts, site):
    concern = send_card(cast["asha"], site=site)
    until = timezone.now() + 3 * DAY
    actions.hold(
        delivery=copy_for(concern, "customer"), by=cast["hana"], officer="canary", reference="canary", until=until
    )
    acknowledge(concern, cast, "manager", "head_office", "police")
    said = parts("moss")["others"][str(concern)]
    assert "On hold: the police ask that the customer is not told yet. Look at it again by Tuesday 23:26." in said
    assert "The customer does not know. Do not tell them." in said


ANSWERS = [list(chosen) for n in (1, 2) for chosen in combinations([party for party in Party if party != "no"], n)]
HAD = "The manager and the customer had it before. Nothing more is shown to them. Do not speak to them about it."


def do_not_tells(page):
    return [line.text for line in page.all("strong") if re.search("not know|had it|the customer about", line.text)]


@pytest.mark.parametrize("released", [(), ("manager",), ("head_office",), ("manager", "head_office")], ids="+".join)
@pytest.mark.parametrize("about", [["no"], *ANSWERS], ids="+".join)
def test_who_must_not_be_told_is_said_as_on_the_page(cast, site, about, released):
    concern = send_card(cast["asha"], site=site, about=about)
    for copy in concern.deliveries.filter(recipient__in=released, withheld_at__isnull=False):
        actions.release(delivery=copy, by=cast["lena"], reason="It was not them.")
    readers = [cast[who] for who in ("moss", "hana", "lena") if Delivery.objects.addressed_to(cast[who]).exists()]
    assert readers
    for reader in readers:
        said = [entry.do_not_tell for *_, entries in handover.sheet(reader, timezone.now()).parts for entry in entries]
        assert said == [do_not_tell(whole_card(Concern.objects.get(pk=concern.pk), reader))]


@pytest.mark.parametrize("about", ["no", "site", "guard", "office"])
def test_the_sentence_stands_on_both_pages(cast, page, sign_in, site, about):
    concern = send_card(cast["asha"], site=site, about=[about])
    for who in ("moss", "hana", "lena"):
        assert do_not_tells(page(who)) == do_not_tells(Page(sign_in(who).get(f"/concerns/{concern}/")))


def test_the_lead_is_told_of_all_three_who_do_not_know(cast, parts, site):
    concern = send_card(cast["asha"], site=site, about=["office"])
    said = "The manager, head office and the customer do not know. Do not tell them."
    assert said in parts("lena")["yours"][str(concern)]


def test_it_does_not_say_of_people_who_had_it_that_they_do_not_know(cast, page, sign_in, site):
    concern = send_card(cast["asha"], site=site)
    acknowledge(concern, cast, "manager")
    sign_in("cole").get(f"/concerns/{concern}/")
    add_note(concern, cast["asha"], about=["guard"])
    assert do_not_tells(page("hana")) == [HAD]


def test_what_they_had_is_looked_up_once_for_all(cast, sign_in, site):
    def asked():
        browser = sign_in("hana")
        with listened() as made:
            assert browser.get("/handover/").status_code == 200
        return [shape(sql) for sql in made]

    def closed():
        concern = send_card(cast["asha"], site=site)
        acknowledge(concern, cast, "manager")
        add_note(concern, cast["asha"], about=["guard"])

    closed()
    few = asked()
    for _ in range(9):
        closed()
    assert asked() == few


def test_what_needs_nobody_any_more_is_not_there(cast, parts, site, clock):
    concern = send_card(cast["asha"], site=site)
    acknowledge(concern, cast, *ALL)
    clock(2026, 11, 22, 11, 27)
    assert parts("moss") == parts("hana") == {}


# --- What was done ------------------------------------------------------------------------------------------------


def test_the_last_twelve_hours_are_told_in_order_with_who_did_it(cast, parts, site, clock):
    concern = send_card(cast["asha"], site=site, urgency="prompt")
    clock(2026, 11, 22, 0, 1)
    acknowledge(concern, cast, "manager")
    clock(2026, 11, 22, 0, 2)
    call = copy_for(concern, "police_call")
    actions.record_told(delivery=call, by=cast["moss"], whom="canary", at=timezone.now(), how="101", log="canary")
    add_note(concern, cast["asha"], text="canary")
    clock(2026, 11, 22, 9, 0)
    chasing.proceed(delivery=copy_for(concern, "head_office"), now=timezone.now())
    (said,) = parts("moss")["others"].values()
    done = said.partition("This shift: ")[2]
    assert done.startswith(
        "23:26 card received, Asha; 00:01 acknowledged (the manager), Moss; "
        "00:02 told (police call), Moss; 00:02 note added, Asha"
    )
    clock(2026, 11, 22, 12, 1)
    (said,) = parts("moss")["others"].values()
    assert "card received" not in said
    assert "00:02 note added, Asha" in said


def test_an_escalation_is_among_what_was_done(cast, parts, site, clock):
    concern = send_card(cast["asha"], site=site)
    copy = copy_for(concern, "manager")
    chasing.proceed(delivery=copy, now=timezone.now())
    clock(2026, 11, 22, 11, 30)
    chasing.proceed(delivery=copy_for(concern, "manager"), now=timezone.now())
    assert "11:30 not answered in time, next in line told (the manager)" in parts("hana")["yours"][str(concern)]


def test_a_closed_concern_is_done(cast, parts, site):
    concern = send_card(cast["asha"], site=site)
    acknowledge(concern, cast, *ALL)
    actions.close(concern=concern, by=cast["hana"], outcome="innocent", text="canary: Dee checked")
    assert "23:26 closed, Hana" in parts("moss")["done"][str(concern)]


def test_reading_and_printing_are_nothing_that_was_done(cast, parts, sign_in, site, clock):
    concern = send_card(cast["asha"], site=site)
    clock(2026, 11, 22, 11, 27)
    for path in ("", "print/", "pack/"):
        sign_in("hana").get(f"/concerns/{concern}/{path}")
    (said,) = parts("moss")["yours"].values()
    assert "This shift" not in said


def test_with_nothing_open_and_nothing_done_it_says_so(page):
    assert "Nothing is open" in page("moss").text


# --- Whose it is --------------------------------------------------------------------------------------------------


def test_each_concern_stands_there_once(cast, page, site, clock):
    sent = [
        send_card(cast["asha"], site=site, urgency=u, seen_at=timezone.now() - 29 * DAY) for u in ("routine", "prompt")
    ]
    actions.ask(concern=sent[0], by=cast["moss"], text="Which lift?")
    clock(2026, 11, 22, 1, 0)
    acknowledge(sent[1], cast, "manager")
    for who in ("moss", "hana"):
        assert sorted(references(page(who))) == sorted(map(str, sent))


def test_a_second_copy_that_was_passed_on_makes_no_second_line(cast, page, site):
    concern = send_card(cast["asha"], site=site)
    actions.pass_on(delivery=copy_for(concern, "manager"), person=cast["lena"], by=cast["hana"], reason="Moss is away.")
    assert references(page("lena")) == [str(concern)]
    cast["lena"].role = Role.HEAD_OFFICE
    cast["lena"].save()
    assert Delivery.objects.addressed_to(cast["lena"]).count() == 2
    assert references(page("lena")) == [str(concern)]


def test_a_manager_hands_over_their_own_sites(cast, page, site):
    there, elsewhere = (
        send_card(cast["asha"], site=one) for one in (site, Site.objects.get(name="Harrowmere Services"))
    )
    cast["moss"].sites.set([site])
    assert references(page("moss")) == [str(there)]
    assert "Moss, Brightkeep Security. Quillgate Shopping Centre. As it stood on Saturday 21" in page("moss").text
    assert sorted(references(page("hana"))) == sorted([str(there), str(elsewhere)])
    assert references(page("stan")) == []


def test_it_gives_references_places_and_times_and_no_word_of_a_card(cast, page, site, clock):
    concern = send_canaries(cast["asha"], site=site, urgency="emergency", about=["site"])
    actions.ask(concern=concern, by=cast["moss"], text="canary-question")
    call = copy_for(concern, "police_call")
    actions.record_told(delivery=call, by=cast["moss"], whom="canary", at=timezone.now(), how="101", log="canary")
    for who in ("moss", "hana"):
        text = page(who).by_id("main-content").text
        assert str(concern) in text
        for word in ("canary", "Kez", "Child", *(party.label for party in Party if party != Party.NO)):
            assert word not in text


def test_no_sealed_word_is_opened_for_it(cast, page, site, monkeypatch):
    concern = send_canaries(cast["asha"], site=site, about=["site"])
    question = actions.ask(concern=concern, by=cast["moss"], text="Which?")
    actions.answer(question=question, by=cast["asha"], text="That one.")
    actions.save_footage(concern=concern, by=cast["moss"], whom="Dee", on=timezone.now(), where="Safe 2")
    monkeypatch.setattr("concerns.encryption.unseal", lambda *args, **place: 1 / 0)
    assert str(concern) in page("hana").text


def test_there_is_room_to_sign(page):
    (lines,) = [box for box in page("moss").all("dl") if box["class"] == "cse-sign"]
    assert [line.text for line in lines.all("dt")] == ["Handed over by", "Taken over by", "Date and time"]


# --- Withheld leaves no trace -------------------------------------------------------------------------------------


def from_the_start(cast, site, about):
    send_card(cast["asha"], site=site, urgency="emergency", about=[about], seen_at=timezone.now() - 29 * DAY)


def by_a_note(cast, site, about):
    concern = send_card(cast["asha"], site=site, urgency="emergency", seen_at=timezone.now() - 29 * DAY)
    acknowledge(concern, cast, *ALL)
    actions.ask(concern=concern, by=cast["hana"], text="Which lift?")
    add_note(concern, cast["asha"], about=[about])


@pytest.mark.parametrize("happens", [from_the_start, by_a_note])
@pytest.mark.parametrize(("who", "about"), [("moss", "guard"), ("moss", "unsure"), ("hana", "office")])
def test_a_withheld_concern_changes_nothing(cast, sign_in, site, clock, who, about, happens):
    send_card(cast["asha"], site=site)
    without = sign_in(who).get("/handover/").content
    happens(cast, site, about)
    assert sign_in(who).get("/handover/").content == without
    clock(2026, 11, 22, 3, 0)
    later = sign_in(who).get("/handover/").content.decode()
    assert "part-police" not in later
    assert len(references(Page(later))) == 1


def test_what_was_kept_from_somebody_by_name_changes_nothing(cast, page, site):
    concern = send_card(cast["asha"], site=site)
    actions.keep_from(concern=concern, people=[cast["moss"]], by=cast["hana"])
    assert references(page("moss")) == []
    assert "Kept" not in page("hana").text


def test_a_released_manager_learns_no_more_than_a_released_copy_says(cast, parts, site, clock):
    concern = send_card(cast["asha"], site=site, about=["office", "police"])
    add_note(concern, cast["asha"], text="Earlier.")
    clock(2026, 11, 21, 23, 30)
    actions.release(delivery=copy_for(concern, "manager"), by=cast["lena"], reason="It was not him.")
    for recipient in ("lead", "standards"):
        actions.acknowledge(delivery=copy_for(concern, recipient), by=cast["lena"])
    (said,) = parts("moss")["yours"].values()
    for word in ("lead", "standards", "note", "eleased", "head office has"):
        assert word not in said.replace("head office and the customer do", "")


def test_a_question_of_the_police_is_not_the_companys(cast, parts, site):
    concern = send_card(cast["asha"], site=site)
    actions.ask(concern=concern, by=cast["priya"], text="Which lift?")
    assert Question.objects.unanswered().count() == 1
    for who in ("moss", "hana"):
        assert "asked" not in parts(who)["yours"][str(concern)]


# --- However much there is ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["moss", "hana"])
def test_it_asks_the_same_however_much_there_is(cast, sign_in, site, who):
    def asked():
        browser = sign_in(who)
        with listened() as made:
            assert browser.get("/handover/").status_code == 200
        return [shape(sql) for sql in made]

    def happen(number):
        for _ in range(number):
            concern = send_card(cast["asha"], site=site)
            actions.ask(concern=concern, by=cast["moss"], text="Which lift?")
            add_note(concern, cast["asha"])
            acknowledge(concern, cast, "manager")
        fill(cast, 2 * number)
        fill(cast, 2 * number, answered=True)

    happen(3)
    few = asked()
    happen(12)
    assert asked() == few


def test_it_holds_the_most_urgent_and_says_that_there_are_more(cast, page, parts, site, monkeypatch):
    monkeypatch.setattr(handover, "MOST", 3)
    monkeypatch.setattr("concerns.views.handover.MOST", 3)
    sent = [send_card(cast["asha"], site=site, now=timezone.now() - (10 - n) * HOUR) for n in range(5)]
    assert list(parts("moss")["yours"]) == [str(concern) for concern in sent[:3]]
    assert "These are the 3 most urgent. More are in your queue." in page("moss").text
    assert not re.search(
        r"\b[25]\b", page("moss").by_id("main-content").text.partition("Waiting")[0].replace("Level 2", "")
    )


def test_exactly_as_many_as_it_holds_are_not_too_many(cast, page, site, monkeypatch):
    monkeypatch.setattr(handover, "MOST", 3)
    for _ in range(3):
        send_card(cast["asha"], site=site)
    assert "More are in your queue" not in page("moss").text


def test_what_was_done_is_bounded_too(cast, page, parts, site, monkeypatch):
    monkeypatch.setattr(handover, "MOST", 3)
    for _ in range(5):
        acknowledge(send_card(cast["asha"], site=site), cast, *ALL)
    assert len(parts("moss")["done"]) == 3
    assert "More was done this shift than this page holds." in page("moss").text
