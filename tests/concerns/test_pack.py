"""The statement pack: a card word for word, who was told, whether its history holds; and no more than may be known."""

import csv
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import Site
from concerns import actions
from concerns.actions import chasing
from concerns.models import Concern, Decision, Delivery, Event, Message, Note, PersonSeen, VehicleSeen, record_opened
from concerns.times import LONDON
from tests.benchmarks.statements import listened, shape
from tests.cards import PERSON, VEHICLE, add_note, canaries, send_canaries, send_card
from tests.concerns.tampering import rewrite, stored, take_out
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("clock")

with (Path(__file__).parent / "disclosure.csv").open() as file:
    TABLE = {row["field"]: row for row in csv.DictReader(file)}

READERS = ["moss", "hana", "priya"]  # what a company makes is for the police, and says no more than they may know
ROW_OF = {PersonSeen: "people", VehicleSeen: "vehicles", Note: "notes"}
DAY = timedelta(days=1)


@pytest.fixture
def site(cast):
    return Site.objects.get(name="Quillgate Shopping Centre")


@pytest.fixture
def pack(sign_in):
    """A function that opens the statement pack of a concern as somebody."""

    def get(who, concern):
        response = sign_in(who).get(f"/concerns/{concern}/pack/")
        assert response.status_code == 200
        return Page(response)

    return get


def main(page):
    return page.by_id("main-content").text


def section(page, name):
    (found,) = [box for box in page.all("section") if box["aria-labelledby"] == name]
    return found.text


def copy_for(concern, recipient):
    return concern.deliveries.get(recipient=recipient)


def fingerprints(page):
    """(of the card, of the history up to this page), without the spaces between their figures."""
    return tuple(box.text.replace(" ", "") for box in page.all("dd") if "cse-mark" in box["class"])


# --- The card -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("agreed", [True, False, None])
@pytest.mark.parametrize("who", READERS)
def test_it_holds_the_words_that_the_police_may_know_and_no_other(cast, pack, site, who, agreed):
    answers = {"police_called": True, "police_may_ring": agreed, "police_may_know_name": agreed}
    concern = send_canaries(cast["asha"], site=site, **answers)
    may = {"yes"} | ({"if agreed"} if agreed else set())
    rows = [
        (canary, ROW_OF.get(model, name)) for model in (Concern, *ROW_OF) for name, canary in canaries(model).items()
    ]
    assert set(re.findall(r"canary-\w+-\w+", main(pack(who, concern)))) == {
        c for c, row in rows if TABLE[row]["police"] in may
    }


def test_it_is_word_for_word(cast, pack, site):
    words = "Er sagte: „Komm mit“.\n  <b>Then</b> she cried & left —\nمعي"
    page = pack("moss", send_card(cast["asha"], site=site, account=words, exact_words=words))
    quoted = [quote.raw.strip().replace("\n\n", "\n") for quote in page.all("blockquote")]
    assert quoted == [words, words]


def test_it_gives_three_times_each_with_its_year_and_the_clock_of_that_night(cast, pack, site, clock):
    seen = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON)
    concern = send_card(
        cast["asha"],
        site=site,
        seen_at=seen,
        until_at=datetime(2026, 10, 25, 1, 10, fold=1, tzinfo=LONDON),
        time_is_approximate=True,
        written_at=datetime(2026, 10, 25, 1, 35, fold=1, tzinfo=LONDON),
        now=datetime(2026, 10, 25, 2, 5, tzinfo=LONDON),
    )
    clock(2027, 6, 1, 12, 0)
    said = section(pack("moss", concern), "sent")
    assert "Seen Sunday 25 October 2026, 01:30 BST to Sunday 25 October 2026, 01:10 GMT" in said
    assert "The author was not sure of the exact time." in said
    assert "Written Sunday 25 October 2026, 01:35 GMT" in said
    assert "Received Sunday 25 October 2026, 02:05 GMT" in said


def test_every_time_on_it_has_a_year(cast, pack, site, clock):
    concern = send_canaries(cast["asha"], site=site, camera_from=timezone.now(), camera_until=timezone.now())
    everything_happens(concern, cast)
    clock(2027, 6, 1, 12, 0)
    for who in READERS:
        text = main(pack(who, concern))
        months = re.findall(r"\b\d{1,2} (?:October|November|December|June)\b[^,]*", text)
        assert months
        assert not [month for month in months if not re.search(r" 20\d\d$", month)]


@pytest.mark.parametrize(
    ("agreed", "signed"), [(True, "Signed: Asha, guard"), (False, "Signed: the author"), (None, "Signed: the author")]
)
def test_notes_are_signed_as_far_as_the_police_may_know(cast, pack, site, agreed, signed):
    concern = send_card(cast["asha"], site=site, police_may_know_name=agreed)
    add_note(concern, cast["asha"], people=[PERSON], vehicles=[VEHICLE])
    said = section(pack("priya", concern), "notes")
    assert "He came back at eleven. Person 1: 13–15. Female. Kez. tall, green coat Vehicle 1: ZZ12 ?BC" in said
    assert f"{signed}, Saturday 21 November 2026, 23:26 GMT" in said


# --- Who was told -------------------------------------------------------------------------------------------------


def test_it_says_who_was_told_when_and_how(cast, pack, site, clock):
    concern = send_card(cast["asha"], site=site, urgency="prompt")
    chasing.proceed(delivery=copy_for(concern, "manager"), now=timezone.now())
    Message.objects.filter(person=cast["moss"]).update(leased_until=None)
    (first,) = Message.objects.filter(person=cast["moss"])
    chasing.sent(message=first, address="moss@demo.example", now=timezone.now())
    clock(2026, 11, 22, 0, 27)
    chasing.proceed(delivery=copy_for(concern, "manager"), now=timezone.now())
    clock(2026, 11, 22, 0, 30)
    actions.acknowledge(delivery=copy_for(concern, "manager"), by=cast["moss"])
    call, at = copy_for(concern, "police_call"), timezone.now() - timedelta(minutes=5)
    actions.record_told(delivery=call, by=cast["hana"], whom="Call-taker Ali", at=at, how="101", log="431")
    said = section(pack("hana", concern), "told")
    night = "Sunday 22 November 2026"
    assert (
        f"Manager To be told by {night}, 00:26 GMT First message left Saturday 21 November 2026, 23:26 GMT "
        f"Not answered in time The next in line was told last, {night}, 00:27 GMT Acknowledged Moss, {night}, 00:30 GMT"
    ) in said
    assert f"Told 101, Call-taker Ali, log 431 Hana, {night}, 00:25 GMT" in said
    assert "Customer To be told by Sunday 22 November 2026, 11:26 GMT Not told yet Nobody has written down" in said


def test_the_police_read_of_their_own_copies_and_that_others_have_one(cast, pack, site):
    concern = send_card(cast["asha"], site=site)
    actions.acknowledge(delivery=copy_for(concern, "manager"), by=cast["moss"])
    said = section(pack("priya", concern), "told")
    assert "The security company has a copy too." in said
    for word in ("Manager", "Moss", "Head office", "Customer"):
        assert word not in said


def test_a_card_about_an_officer_is_for_nobody_at_the_local_desk(cast, pack, site):
    concern = send_card(cast["asha"], site=site, about=["police"])
    assert "For the police’s professional standards desk, and nobody else there." in main(pack("moss", concern))


# --- What else happened -------------------------------------------------------------------------------------------


def everything_happens(concern, cast):
    """All that becomes of a concern, each with a canary of its own."""
    question = actions.ask(concern=concern, by=cast["moss"], text="canary-of-company")
    actions.answer(question=question, by=cast["asha"], text="canary-to-company")
    question = actions.ask(concern=concern, by=cast["priya"], text="canary-of-police")
    actions.answer(question=question, by=cast["asha"], text="canary-to-police")
    actions.save_footage(concern=concern, by=cast["moss"], whom="canary-saver", on=timezone.now(), where="canary-safe")
    customers = copy_for(concern, "customer")
    actions.hold(
        delivery=customers, by=cast["hana"], officer="canary-officer", reference="canary-wx", until=timezone.now() + DAY
    )
    actions.end_hold(delivery=customers, by=cast["hana"], reason="canary-end")
    actions.keep_from(concern=concern, people=[cast["lena"]], by=cast["hana"], reason="canary-kept")
    for copy in Delivery.objects.open().filter(concern=concern):
        actions.acknowledge(delivery=copy, by=cast["hana"])
    actions.propose(concern=concern, by=cast["moss"], outcome="with_police", text="canary-proposed")
    actions.close(
        concern=concern, by=cast["hana"], outcome="with_police", text="canary-closed", reference="canary-number"
    )


FOR_ALL = {"saver", "safe", "closed", "number"}


@pytest.mark.parametrize(("who", "own"), [("moss", set()), ("hana", set()), ("priya", {"of-police", "to-police"})])
def test_it_says_what_came_of_it_and_nothing_of_what_the_company_asked_or_decided(cast, pack, site, who, own):
    concern = send_card(cast["asha"], site=site, camera="C4")
    everything_happens(concern, cast)
    text = main(pack(who, concern))
    assert set(re.findall(r"canary-([\w-]+)", text)) == FOR_ALL | own
    for word in ("Kept from", "roposed", "Opened: Hana", "Passed on"):
        assert word not in text


def test_the_history_is_in_order_and_says_whose_copy_it_is_about(cast, pack, site, clock):
    concern = send_card(cast["asha"], site=site)
    clock(2026, 11, 21, 23, 30)
    add_note(concern, cast["asha"])
    clock(2026, 11, 21, 23, 40)
    actions.acknowledge(delivery=copy_for(concern, "manager"), by=cast["moss"])
    said = section(pack("hana", concern), "history")
    first, second, third = (
        said.index(words) for words in ("Card received: guard", "Note added", "Acknowledged (the manager): Moss")
    )
    assert first < second < third


def closed_by_a_note(concern, cast, about="guard"):
    """Manager, customer and police had it; then a note closed it to those whom it may be about."""
    for recipient, who in (("manager", "moss"), ("customer", "cole"), ("police", "priya")):
        actions.acknowledge(delivery=copy_for(concern, recipient), by=cast[who])
    add_note(concern, cast["asha"], about=[about])


def test_whoever_decides_reads_who_had_it_before_a_note_closed_it_to_them(cast, pack, sign_in, site):
    concern = send_card(cast["asha"], site=site)
    closed_by_a_note(concern, cast)
    page = pack("hana", concern)
    for said in (section(page, "history"), section(Page(sign_in("hana").get(f"/concerns/{concern}/")), "history")):
        assert "Acknowledged (the manager): Moss" in said
        assert "Acknowledged (the customer): Cole" in said
    had = "The manager and the customer had it before. Nothing more is shown to them."
    assert had in section(page, "told")


def test_what_was_done_before_with_a_withheld_copy_is_for_whoever_decides_alone(cast, pack, sign_in, site):
    concern = send_card(cast["asha"], site=site)
    closed_by_a_note(concern, cast, about="site")
    for who in ("moss", "asha", "priya"):
        said = section(Page(sign_in(who).get(f"/concerns/{concern}/")), "history")
        assert "Acknowledged" in said
        assert "the customer" not in said
    assert "Acknowledged (the customer): Cole" in section(pack("hana", concern), "history")
    for who in ("moss", "priya"):
        assert "the customer)" not in section(pack(who, concern), "history")


@pytest.mark.parametrize("agreed", [True, False])
def test_what_an_author_did_with_a_withheld_copy_is_named_in_a_pack_only_where_they_agreed(cast, pack, site, agreed):
    concern = send_card(cast["moss"], site=site, police_may_know_name=agreed)
    actions.record_told(delivery=copy_for(concern, "customer"), by=cast["moss"], whom="Dee", at=timezone.now())
    add_note(concern, cast["moss"], about=["site"])
    said = section(pack("hana", concern), "history")
    assert f"(the customer): {'Moss' if agreed else 'manager'}" in said


def test_a_released_reader_reads_no_more_than_a_released_copy_says(cast, pack, site, clock):
    concern = send_card(cast["asha"], site=site, about=["office", "police"])
    add_note(concern, cast["asha"], text="canary-before")
    clock(2026, 11, 22, 12, 0)
    actions.release(delivery=copy_for(concern, "manager"), by=cast["lena"], reason="canary-reason")
    text = main(pack("moss", concern))
    assert "None that may be shown here." in text
    assert "A man bought food for a girl" in text
    for word in ("canary", "standards", "lead", "eleased", "Somebody at", "police officer", "involved?"):
        assert word not in text


# --- Does it hold? ------------------------------------------------------------------------------------------------


def test_an_untouched_history_holds_and_the_page_says_what_that_shows_and_what_not(cast, pack, concern):
    said = section(pack("moss", concern), "check")
    assert "The history holds. It was checked when this page was made, Saturday 21 November 2026, 23:26 GMT." in said
    assert "What it shows" in said
    assert "What it does not show" in said


CHANGES = {
    "the card": lambda concern: rewrite(concern, account=stored(concern, "account"), urgency="prompt"),
    "a person": lambda concern: rewrite(concern.people.first(), sex="male"),
    "a vehicle gone": lambda concern: take_out(concern.vehicles.first()),
}
SAYS = {
    "the card": "The card was changed.",
    "a person": r"Person 1 \(.*\) was changed.",
    "a vehicle gone": "A vehicle was removed",
}


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("what", CHANGES)
def test_a_card_that_was_changed_is_named(cast, pack, concern, disarmed, who, what):
    disarmed()
    CHANGES[what](concern)
    said = section(pack(who, concern), "check")
    assert "The history does not hold." in said
    assert "The history holds" not in said
    assert re.search(SAYS[what], said)


def test_what_was_changed_of_what_a_reader_may_not_see_is_not_named(cast, pack, concern, disarmed):
    decision = actions.propose  # the police see no decision
    for copy in concern.deliveries.all():
        actions.acknowledge(delivery=copy, by=cast["hana"])
    decision(concern=concern, by=cast["moss"], outcome="innocent")
    disarmed()
    rewrite(Decision.objects.get(), outcome="staff")
    said = section(pack("priya", concern), "check")
    assert "The history does not hold." in said
    assert "The card itself is as it was sent." in said
    assert "decision" not in said.partition("What it shows")[0]
    assert str(Decision.objects.get().pk) not in said


@pytest.mark.parametrize("verb", [Event.Verb.ACKNOWLEDGED, Event.Verb.OPENED])
def test_an_event_that_was_cut_out_is_noticed(cast, pack, concern, disarmed, verb):
    record_opened(concern, by=cast["hana"])
    actions.acknowledge(delivery=copy_for(concern, "manager"), by=cast["moss"])
    record_opened(concern, by=cast["moss"])
    disarmed()
    take_out(Event.objects.filter(verb=verb).first())
    assert "The history does not hold." in section(pack("priya", concern), "check")


def test_the_fingerprints_are_those_of_the_card_and_of_this_very_page(cast, pack, concern):
    one, other = (fingerprints(pack("moss", concern)) for _ in range(2))
    sent, *printed = Event.objects.filter(concern_id=concern.pk, verb__in=["received", "printed"]).order_by("number")
    assert one == (sent.detail["whole"], printed[0].mac)
    assert other == (sent.detail["whole"], printed[1].mac)


def test_whoever_runs_the_service_finds_what_a_fingerprint_is_of(cast, pack, concern, capsys):
    card, page = fingerprints(pack("moss", concern))
    call_command("verify_history", fingerprint=f"{card[:8]} {card[8:]}".upper())
    call_command("verify_history", fingerprint=page)
    assert capsys.readouterr().out.splitlines() == [
        f"It is of {concern}: the card as sent, Saturday 21 November 2026, 23:26 GMT. It fits.",
        f"It is of {concern}: event 2, printed, Saturday 21 November 2026, 23:26 GMT. It fits.",
    ]


def test_a_fingerprint_that_is_not_ours_is_nobodys(concern):
    with pytest.raises(CommandError, match="No history here has this fingerprint"):
        call_command("verify_history", fingerprint="0" * 64)


def test_a_fingerprint_of_a_history_that_was_changed_says_so(cast, pack, concern, disarmed, capsys):
    card, _ = fingerprints(pack("moss", concern))
    disarmed()
    rewrite(concern, urgency="emergency")
    with pytest.raises(SystemExit):
        call_command("verify_history", fingerprint=card)
    assert "It does not fit." in capsys.readouterr().out


# --- What it must not give away -----------------------------------------------------------------------------------


def as_printed(sign_in, who, concern, happens):
    """The whole page in the world where this has happened too, but for the page's own seal, which is always new."""
    with transaction.atomic():
        happens()
        response = sign_in(who).get(f"/concerns/{concern}/pack/")
        transaction.set_rollback(True)
    assert response.status_code == 200
    return response.content.decode().replace(Page(response).all("dd")[-4].raw.strip(), "SEAL")


def hidden_from_the_police(concern, cast):
    question = actions.ask(concern=concern, by=cast["moss"], text="Which lift?")
    actions.answer(question=question, by=cast["asha"], text="The left one.")
    record_opened(concern, by=cast["hana"])
    actions.record_printed(concern=concern, by=cast["moss"])
    actions.acknowledge(delivery=copy_for(concern, "manager"), by=cast["moss"])
    actions.keep_from(concern=concern, people=[cast["lena"]], by=cast["hana"], reason="His brother.")


def hidden_from_a_manager(concern, cast):
    question = actions.ask(concern=concern, by=cast["priya"], text="Which lift?")
    actions.answer(question=question, by=cast["asha"], text="The left one.")
    record_opened(concern, by=cast["priya"])
    actions.keep_from(concern=concern, people=[cast["lena"]], by=cast["hana"], reason="His brother.")


@pytest.mark.parametrize(("who", "hidden"), [("priya", hidden_from_the_police), ("moss", hidden_from_a_manager)])
def test_what_a_reader_may_not_know_changes_nothing_on_the_page(cast, sign_in, site, who, hidden):
    concern = send_card(cast["asha"], site=site)
    without = as_printed(sign_in, who, concern, lambda: None)
    assert as_printed(sign_in, who, concern, lambda: hidden(concern, cast)) == without
    noticed = as_printed(sign_in, who, concern, lambda: add_note(concern, cast["asha"]))
    assert noticed != without


# --- Whose it is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["asha", "cole", "lena", "ada", "stan"])
def test_whoever_has_no_copy_or_a_customers_finds_nothing_and_leaves_no_event(sign_in, concern, who):
    before = Event.objects.count()
    assert sign_in(who).get(f"/concerns/{concern}/pack/").status_code == 404
    assert Event.objects.count() == before


def test_an_author_from_whom_it_is_withheld_makes_no_pack_of_it(cast, sign_in, site):
    concern = send_card(cast["moss"], site=site, about=["guard"])
    assert sign_in("moss").get(f"/concerns/{concern}/").status_code == 200
    assert sign_in("moss").get(f"/concerns/{concern}/pack/").status_code == 404


def test_the_lead_makes_one_where_it_came_to_them(cast, pack, site):
    assert "A man bought food" in main(pack("lena", send_card(cast["asha"], site=site, about=["office"])))


@pytest.mark.parametrize(("who", "shown"), [("moss", True), ("priya", True), ("asha", False), ("cole", False)])
def test_the_page_of_a_concern_leads_there_whoever_may_make_one(sign_in, concern, who, shown):
    page = sign_in(who).get(f"/concerns/{concern}/").content.decode()
    assert (f"/concerns/{concern}/pack/" in page) == shown


def test_each_making_is_an_event(cast, pack, concern):
    for _ in range(3):
        pack("moss", concern)
    assert [event.by_id for event in Event.objects.filter(verb="printed")] == [cast["moss"].pk] * 3


@pytest.mark.parametrize("who", READERS)
def test_a_part_that_does_not_open_is_an_error_and_never_ciphertext(sign_in, disarmed, concern, who):
    disarmed()
    sealed = stored(concern, "account")
    rewrite(concern, exact_words=sealed)
    browser = sign_in(who)
    browser.raise_request_exception = False
    response = browser.get(f"/concerns/{concern}/pack/")
    assert response.status_code == 500
    assert sealed not in response.content.decode()


@pytest.mark.parametrize("who", READERS)
def test_it_asks_the_same_however_much_there_is(cast, sign_in, site, who):
    def asked(concern):
        browser = sign_in(who)
        with listened() as made:
            assert browser.get(f"/concerns/{concern}/pack/").status_code == 200
        return [shape(sql) for sql in made]

    small, large = (send_card(cast["asha"], site=site, people=[PERSON] * n, vehicles=[VEHICLE] * n) for n in (1, 12))
    for concern, number in ((small, 1), (large, 9)):
        for n in range(number):
            add_note(concern, cast["asha"], text=f"Note {n}", people=[PERSON] * number, vehicles=[VEHICLE] * number)
            for reader in ("moss", "priya"):
                question = actions.ask(concern=concern, by=cast[reader], text="Which lift?")
                actions.answer(question=question, by=cast["asha"], text="The left one.")
            actions.hold(
                delivery=copy_for(concern, "customer"),
                by=cast["hana"],
                officer="Dee",
                reference="",
                until=timezone.now() + DAY,
            )
            actions.end_hold(delivery=copy_for(concern, "customer"), by=cast["hana"], reason="Told.")
    assert asked(large) == asked(small)
