"""A withheld recipient is given their copy: by whoever decides, with a reason, right after showing that it is them."""

import time
from datetime import timedelta

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.management import call_command

from accounts.models import Site, User
from concerns import actions
from concerns.models import Concern, Decision, Delivery, Event, KeptFrom
from tests.cards import add_note, answer_all, send_card
from tests.concerns.threads import at_once
from tests.pages import Page

WHY = {"recipient": "manager", "reason": "He was on leave that week."}


@pytest.fixture
def secret(cast):
    """Asha's card about a guard or manager at one of her sites."""
    return send_card(cast["asha"], site=Site.objects.get(name="Quillgate Shopping Centre"), about=["guard"])


def address(concern):
    return f"/concerns/{concern}/release/"


def sees(user, concern):
    return Concern.objects.visible_to(User.objects.get(pk=user.pk)).filter(pk=concern.pk).exists()


def release(concern, cast, recipient="manager", by="hana"):
    copy = Delivery.objects.get(concern=concern, recipient=recipient)
    return actions.release(delivery=copy, by=cast[by], reason="He was on leave.")


# --- It works -----------------------------------------------------------------------------------------------------


def test_head_office_gives_the_manager_their_copy(sign_in_now, cast, secret):
    response = sign_in_now("hana").post(address(secret), WHY, follow=True)
    assert "The manager can see it from now on." in Page(response).text
    assert (sees(cast["moss"], secret), sees(cast["cole"], secret)) == (True, False)
    decision = Decision.objects.get()
    assert (decision.kind, decision.recipient, decision.by, decision.text) == (
        "release",
        "manager",
        cast["hana"],
        WHY["reason"],
    )


def test_a_released_copy_begins_its_time_and_will_be_chased(cast, secret, clock):
    now = clock(2026, 11, 22, 9, 0)
    release(secret, cast)
    copy = secret.deliveries.get(recipient="manager")
    assert (copy.released_at, copy.due_at, copy.is_open) == (now, now + timedelta(hours=12), True)
    assert copy.act_at <= now


def test_the_history_names_the_release_and_holds(sign_in, cast, secret, capsys):
    release(secret, cast)
    assert "Released (the manager): Hana" in Page(sign_in("hana").get(f"/concerns/{secret}/")).text
    call_command("verify_history")
    assert capsys.readouterr().out.endswith("Everything fits.\n")


def test_a_released_reader_finds_neither_who_may_be_involved_nor_earlier_notes(sign_in, cast, secret):
    add_note(secret, cast["asha"], text="canary-before")
    release(secret, cast)
    add_note(secret, cast["asha"], text="canary-after")
    text = Page(sign_in("moss").get(f"/concerns/{secret}/")).text
    assert "A man bought food" in text
    assert "canary-after" in text
    for hidden in ("canary-before", "He was on leave", "Somebody here may be involved"):
        assert hidden not in text


def test_the_page_says_before_pressing_what_it_opens(sign_in, secret):
    text = Page(sign_in("hana").get(address(secret))).text
    assert "The customer: where it was, which camera and when" in text
    assert "the card from now on. Not earlier notes, and not who may be involved." in text


# --- Only after showing that it is them ---------------------------------------------------------------------------


def test_without_a_fresh_sign_in_nothing_is_released_and_the_words_stay(sign_in, cast, secret):
    page = Page(sign_in("hana").post(address(secret), WHY))
    assert not sees(cast["moss"], secret)
    assert page.posted(address(secret))["reason"] == [WHY["reason"]]
    assert page.posted(address(secret))["recipient"] == ["manager"]
    assert "Show again that it is you." in page.text


@pytest.mark.parametrize(("minutes", "opens"), [(4, True), (6, False)])
def test_a_sign_in_stays_fresh_for_five_minutes(sign_in_now, cast, secret, minutes, opens):
    browser = sign_in_now("hana")
    session = browser.session
    (record,) = session[AUTHENTICATION_METHODS_SESSION_KEY]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [record | {"at": time.time() - 60 * minutes}]
    session.save()
    browser.post(address(secret), WHY)
    assert sees(cast["moss"], secret) == opens


def test_the_way_leads_through_the_password_and_then_it_works(sign_in, cast, secret, settings):
    settings.DEMO = True
    cast["hana"].set_password("three random words")
    cast["hana"].save()
    browser = sign_in("hana")
    page = Page(browser.get(address(secret)))
    (way,) = [link["href"] for link in page.all("a") if link.text.startswith("Sign in again")]
    assert browser.post(way, {"password": "three random words"}).status_code == 302
    assert browser.post(address(secret), page.posted(address(secret)) | WHY).status_code == 302
    assert sees(cast["moss"], secret)


def test_whoever_only_uses_codes_signs_out_and_in_again(sign_in, secret):
    page = Page(sign_in("hana").get(address(secret)))
    assert "/accounts/logout/" in [link["href"] for link in page.all("a")]


def test_one_persons_sign_in_is_not_anothers(sign_in_now, cast, secret):
    browser = sign_in_now("moss")
    records = browser.session[AUTHENTICATION_METHODS_SESSION_KEY]
    browser.force_login(cast["hana"])
    session = browser.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session.save()
    browser.post(address(secret), WHY)
    assert not sees(cast["moss"], secret)


# --- It refuses ---------------------------------------------------------------------------------------------------

BAD = {
    "no recipient": ({"recipient": ""}, "Choose who gets their copy."),
    "no reason": ({"reason": " "}, "Write why they may know now."),
    "nobody's copy": ({"recipient": "lead"}, "Choose who gets their copy."),
    "a code that is none": ({"recipient": "\0"}, "Choose who gets their copy."),
    "too long": ({"reason": "w" * 5_001}, "Shorten this to 5,000 characters"),
    "a NUL": ({"reason": "a\0b"}, "Something here cannot be stored."),
}


@pytest.mark.parametrize(("answers", "sentence"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_pointed_out_and_nothing_is_released(sign_in_now, secret, answers, sentence):
    response = sign_in_now("hana").post(address(secret), WHY | answers)
    page = Page(response)
    ((said, _),) = page.errors()
    assert (response.status_code, Decision.objects.count()) == (422, 0)
    assert said.startswith(sentence)


@pytest.mark.parametrize("who", ["asha", "moss", "lena", "cole", "priya", "ada", "stan"])
def test_nobody_else_releases(sign_in_now, cast, secret, who):
    browser = sign_in_now(who)
    assert browser.get(address(secret)).status_code == 404
    assert browser.post(address(secret), WHY).status_code == 404
    assert not Decision.objects.exists()


def test_only_whoever_decides_finds_the_way_there(sign_in, cast, secret):
    found = {who for who in ("asha", "hana", "priya") if address(secret).encode() in _card(sign_in, who, secret)}
    assert found == {"hana"}


def _card(sign_in, who, concern):
    return sign_in(who).get(f"/concerns/{concern}/").content


def test_a_manager_never_learns_that_the_customer_is_withheld(sign_in, cast):
    plain = send_card(cast["asha"], about=["site"])
    page = Page(sign_in("moss").get(f"/concerns/{plain}/"))
    assert address(plain) not in [link["href"] for link in page.all("a")]
    assert sign_in("moss").get(address(plain)).status_code == 404


def test_a_name_that_head_office_added_is_not_lifted(cast, secret):
    actions.keep_from(concern=secret, people=[cast["moss"]], by=cast["hana"])
    release(secret, cast)
    assert not sees(cast["moss"], secret)


def test_a_note_narrows_what_was_released(cast, secret):
    release(secret, cast)
    add_note(secret, cast["asha"], about=["guard"])
    assert not sees(cast["moss"], secret)
    assert KeptFrom.objects.filter(concern=secret, user=cast["moss"], recipient="manager").exists()


def test_a_closed_concern_is_not_released(sign_in_now, cast, secret):
    answer_all(secret, cast["hana"])
    actions.close(concern=secret, by=cast["hana"], outcome="with_police")
    with pytest.raises(actions.NotYet, match="A note opens it again"):
        release(secret, cast)
    response = sign_in_now("hana").post(address(secret), WHY)
    assert response.status_code == 409
    assert "Nothing was changed The concern is closed. A note opens it again." in Page(response).text
    assert WHY["reason"] in Page(response).text


# --- Where head office is withheld --------------------------------------------------------------------------------


@pytest.fixture
def about_office(cast):
    return send_card(cast["asha"], about=["office"])


def test_the_lead_releases_where_head_office_is_withheld(sign_in_now, cast, about_office):
    assert sign_in_now("hana").get(address(about_office)).status_code == 404
    sign_in_now("lena").post(address(about_office), WHY | {"recipient": "head_office"})
    assert sees(cast["hana"], about_office)


def test_head_office_that_was_released_does_not_decide_and_the_lead_still_does(sign_in_now, cast, about_office):
    release(about_office, cast, "head_office", by="lena")
    hana, lena = sign_in_now("hana"), sign_in_now("lena")
    for page in ("release", "keep-from", "close"):
        assert hana.get(f"/concerns/{about_office}/{page}/").status_code == 404
        assert lena.get(f"/concerns/{about_office}/{page}/").status_code == 200
    assert address(about_office) not in hana.get(f"/concerns/{about_office}/").content.decode()


def test_a_lead_to_whom_the_chain_came_does_not_decide(sign_in_now, cast, secret):
    office = secret.deliveries.get(recipient="head_office")
    secret.deliveries.create(
        recipient="lead",
        organisation=office.organisation,
        urgency=secret.urgency,
        allowed=office.allowed,
        due_at=office.due_at,
        act_at=office.due_at,
    )
    assert sees(cast["lena"], secret)
    assert sign_in_now("lena").get(address(secret)).status_code == 404


# --- Twice --------------------------------------------------------------------------------------------------------


def test_the_second_press_ends_like_the_first_and_changes_nothing(sign_in_now, secret):
    browser = sign_in_now("hana")
    pages = [browser.post(address(secret), WHY, follow=True) for _ in range(2)]
    assert ["The manager can see it from now on." in Page(page).text for page in pages] == [True, True]
    assert Decision.objects.count() == Event.objects.filter(verb="released").count() == 1


def test_whoever_comes_second_is_told_so_and_reads_their_words_again(sign_in_now, cast, secret):
    release(secret, cast)
    response = sign_in_now("hana").post(address(secret), WHY | {"reason": "He was at home."})
    text = Page(response).by_id("main-content").text
    assert response.status_code == 409
    assert text.startswith("Nothing was changed They have their copy already.")
    assert "He was at home." in text
    assert "note" not in text  # the manager reads notes from now on
    assert Decision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_releases(cast, secret):
    given = at_once(lambda: release(secret, cast), lambda: release(secret, cast))
    assert given[0] == given[1] == Decision.objects.get()
