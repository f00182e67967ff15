"""People and copies that change between claim and send, and places where nobody is left to tell."""

from contextlib import suppress
from datetime import timedelta
from io import StringIO

from django.core.management import call_command
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.roles import Role
from concerns import actions
from concerns.models import Event, Kind, Message
from concerns.routing import Recipient
from tests.cards import add_note, send_canaries
from tests.faults.workers import READERS, is_done, nothing_is_in_hand, until

PATIENT = {"hands": 24, "mail": 20, "send": 40, "lease": 60}  # a worker that waits in front of a closed post office


def leaves(manager, concern):
    User.objects.filter(pk=manager.pk).update(is_active=False)


def goes_to_another_site(manager, concern):
    manager.sites.set(concern.company.guarded_sites.exclude(pk=concern.site_id))


def goes_to_another_company(manager, concern):
    User.objects.filter(pk=manager.pk).update(organisation=Organisation.objects.get(name="Harcourt Guarding"))


def becomes_a_guard(manager, concern):
    User.objects.filter(pk=manager.pk).update(role=Role.GUARD)


def is_kept_from_it(manager, concern):
    actions.keep_from(concern=concern, people=[manager], by=User.objects.get(name="Hana"))


def has_no_address_any_more(manager, concern):
    User.objects.filter(pk=manager.pk).update(email=None)


CHANGES = [
    leaves,
    goes_to_another_site,
    goes_to_another_company,
    becomes_a_guard,
    is_kept_from_it,
    has_no_address_any_more,
]


def manager_of(concern_site, name):
    return User.objects.create_user(
        name=name,
        email=f"{name}@demo.example",
        staff_number=name.replace("_", "-"),
        role=Role.MANAGER,
        organisation=concern_site.contractor,
        sites=[concern_site],
    )


def test_whoever_may_not_have_it_any_more_between_claim_and_send_gets_nothing(deliver, post, cast):
    post.is_open = False
    site = cast["asha"].sites.first()
    managers = {change: manager_of(site, change.__name__) for change in CHANGES}
    concern = send_canaries(cast["asha"], site=site)
    deliver(**PATIENT)
    until(lambda: post.greeted == len(READERS) + len(CHANGES))
    for change, manager in managers.items():
        change(manager, concern)
    post.is_open = True
    until(is_done)
    assert post.to() == READERS
    dropped = Message.objects.filter(dropped_at__isnull=False)
    assert {message.person for message in dropped} == set(managers.values())


def test_whoever_has_another_address_by_then_is_written_to_there(deliver, post, cast):
    post.is_open = False
    send_canaries(cast["asha"])
    deliver(**PATIENT)
    until(lambda: post.greeted == len(READERS))
    User.objects.filter(name="Moss").update(email="moss@new.example")
    Organisation.objects.update(intelligence_mailbox="intelligence@new.example")
    post.is_open = True
    until(is_done)
    moved = {address.replace("demo", "new") for address in ("moss@demo.example", "intelligence@demo.example")}
    assert sorted(letter.to for letter in post.letters) == sorted(
        {"hana@demo.example", "cole@demo.example", "priya@demo.example"} | moved
    )


def narrowed(concern, copies):
    add_note(concern, concern.reported_by, about=["site"])


def held(concern, copies):
    asked = {"officer": "DC Vale", "reference": "WX/77", "until": timezone.now() + timedelta(days=7)}
    actions.hold(delivery=copies["customer"], by=User.objects.get(name="Hana"), **asked)


def acknowledged(concern, copies):
    actions.acknowledge(delivery=copies["manager"], by=User.objects.get(name="Moss"))


def told(concern, copies):
    at = timezone.now()
    actions.record_told(delivery=copies["head_office"], by=concern.reported_by, whom="canary", at=at, how="phone")


WITHOUT = {narrowed: "cole", held: "cole", acknowledged: "moss", told: "hana"}


def test_a_copy_that_is_closed_to_them_or_answered_between_claim_and_send_tells_nobody(deliver, post, cast):
    post.is_open = False
    concerns = {change: send_canaries(cast["asha"]) for change in WITHOUT}
    for _ in concerns:  # each has one message in hand for each reader
        deliver(**PATIENT)
    until(lambda: post.greeted == len(READERS) * len(concerns))
    for change, concern in concerns.items():
        change(concern, {copy.recipient: copy for copy in concern.deliveries.all()})
    post.is_open = True
    until(lambda: not Message.objects.waiting().exclude(kind=Kind.DIGEST).exists())
    for change, concern in concerns.items():
        to = {letter.to for letter in post.letters if letter.reference == str(concern)}
        assert to == READERS - {f"{WITHOUT[change]}@demo.example"}, change
    nothing_is_in_hand()


# --- Nobody there ---------------------------------------------------------------------------------------------------


def test_a_site_without_a_manager_is_head_office_s_at_once(deliver, post, cast):
    cast["moss"].sites.clear()
    concern = send_canaries(cast["asha"])
    deliver()
    until(is_done)
    assert post.to() == READERS - {"moss@demo.example"}
    asked = Message.objects.filter(kind=Kind.ESCALATION)
    assert {(message.person, message.about.recipient) for message in asked} == {(cast["hana"], Recipient.MANAGER)}
    assert escalated(concern) == [{"recipient": "manager", "to": "head_office"}]
    assert "No manager cares for this site: nobody there can acknowledge a card." in concern.site.warnings()


def escalated(concern):
    """What its history says of whom time has told since."""
    events = Event.objects.filter(concern_id=concern.pk, verb=Event.Verb.ESCALATED)
    return list(events.values_list("detail", flat=True))


def test_where_nobody_is_left_at_all_it_is_written_down_again_and_again_until_somebody_is(
    deliver, post, cast, wall_clock
):
    User.objects.exclude(pk=cast["asha"].pk).update(is_active=False)
    Organisation.objects.update(intelligence_mailbox="")
    concern = send_canaries(cast["asha"], urgency="emergency")
    wall_clock.goes(0)
    deliver(clock=wall_clock.file)
    nobody = {"recipient": "manager", "to": ""}
    until(lambda: nobody in escalated(concern))
    wall_clock.goes(16 * 60)
    until(lambda: escalated(concern).count(nobody) == 2)
    assert not Message.objects.exists()
    assert f"nobody at all could be messaged about {concern}" in status()
    User.objects.filter(pk=cast["hana"].pk).update(is_active=True)
    wall_clock.goes(32 * 60)
    until(lambda: post.to() == {"hana@demo.example"})
    assert {"recipient": "manager", "to": "head_office"} in escalated(concern)


def status():
    """What the operator is told, in one line."""
    told = StringIO()
    with suppress(SystemExit):  # not well
        call_command("status", stdout=told)
    return " ".join(told.getvalue().split())
