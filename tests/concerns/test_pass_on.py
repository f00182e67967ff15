"""Somebody lets one more person of their own organisation read their copy: by name, with a reason."""

import uuid

import pytest
from django.core.management import call_command

from accounts.models import User
from concerns import actions
from concerns.deciding import further_readers
from concerns.models import Concern, Decision, Delivery, Event, Message
from tests.cards import add_note
from tests.concerns.people import hire
from tests.concerns.threads import at_once
from tests.pages import Page


@pytest.fixture
def nell(cast):
    """A manager of the same company who cares for none of its sites yet."""
    return hire("Nell", "manager", cast["moss"].organisation)


@pytest.fixture
def typed(nell):
    return {"person": str(nell.pk), "reason": "She works that shift."}


def address(concern):
    return f"/concerns/{concern}/pass-on/"


def sees(user, concern):
    return Concern.objects.visible_to(User.objects.get(pk=user.pk)).filter(pk=concern.pk).exists()


def copy_of(concern, recipient="manager"):
    return Delivery.objects.get(concern=concern, recipient=recipient)


def pass_on(concern, person, by, recipient="manager"):
    return actions.pass_on(delivery=copy_of(concern, recipient), person=person, by=by, reason="She works that shift.")


def offered(page):
    (select,) = page.all("select")
    return [option.text for option in select.all("option")][1:]


# --- It works -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "recipient"), [("moss", "manager"), ("hana", "head_office")])
def test_whoever_has_a_copy_passes_it_on(sign_in, cast, concern, nell, typed, who, recipient):
    page = Page(sign_in(who).post(address(concern), typed, follow=True))
    assert "They can see it from now on." in page.text
    assert sees(nell, concern)
    decision = Decision.objects.get()
    assert (decision.recipient, decision.person, decision.text, decision.by) == (
        recipient,
        nell,
        "She works that shift.",
        cast[who],
    )


def test_the_new_reader_sees_the_card_and_may_answer_for_it(cast, concern, nell, client):
    pass_on(concern, nell, cast["moss"])
    client.force_login(nell)
    assert "A man bought food" in Page(client.get(f"/concerns/{concern}/")).text
    client.post(f"/concerns/{concern}/acknowledge/", {"writer": nell.pk})
    assert copy_of(concern).acknowledged_by == nell


def test_they_are_sent_one_message(cast, concern, nell):
    pass_on(concern, nell, cast["moss"])
    (message,) = Message.objects.filter(kind="passed_on")
    assert (message.person, message.where()) == (nell, nell.email)


def test_a_released_copy_passed_on_shows_no_more_than_it_did(cast, concern_about_moss, nell, client):
    add_note(concern_about_moss, cast["asha"], text="canary-before")
    actions.release(delivery=copy_of(concern_about_moss), by=cast["hana"], reason="x")
    nell.sites.clear()
    pass_on(concern_about_moss, nell, cast["moss"])
    client.force_login(nell)
    text = Page(client.get(f"/concerns/{concern_about_moss}/")).text
    assert "A man bought food" in text
    assert "canary-before" not in text


def test_the_history_names_it_and_holds(sign_in, cast, concern, nell, capsys):
    pass_on(concern, nell, cast["moss"])
    text = Page(sign_in("hana").get(f"/concerns/{concern}/")).text
    assert "Passed on to Nell She works that shift." in text
    assert "Passed on (the manager): Moss" in text
    call_command("verify_history")
    assert capsys.readouterr().out.endswith("Everything fits.\n")


# --- To whom ------------------------------------------------------------------------------------------------------


def test_only_colleagues_who_work_a_queue_and_do_not_see_it_are_offered(sign_in, cast, concern, nell):
    hire("Gus", "guard", nell.organisation)
    hire("Stella", "manager", cast["stan"].organisation)
    hire("Gone", "manager", nell.organisation, is_active=False)
    assert offered(Page(sign_in("moss").get(address(concern)))) == [
        "Lena, safeguarding lead, DEMO4",
        "Nell, manager",
    ]


def test_somebody_it_is_kept_from_is_never_a_further_reader(sign_in, cast, concern, nell, typed):
    """The list does not tell whom head office has named: only whoever tries learns that they are no further reader."""
    moss = sign_in("moss")
    before = offered(Page(moss.get(address(concern))))
    actions.keep_from(concern=concern, people=[nell], by=cast["hana"])
    assert offered(Page(moss.get(address(concern)))) == before
    response = moss.post(address(concern), typed)
    assert (response.status_code, sees(nell, concern)) == (422, False)
    assert "It cannot be passed on to them, or they can see it already. Choose somebody else." in Page(response).text
    assert Page(response).posted(address(concern))["reason"] == [typed["reason"]]


def test_nobody_stands_in_for_a_release(cast, concern_about_moss):
    """Whoever cares for the site would read the copy that is withheld: head office's own cannot go round that."""
    new = hire("Nora", "manager", cast["moss"].organisation, [concern_about_moss.site])
    assert new not in further_readers(copy_of(concern_about_moss, "head_office"))


def test_to_keep_it_from_them_afterwards_ends_it(cast, concern, nell):
    pass_on(concern, nell, cast["moss"])
    actions.keep_from(concern=concern, people=[nell], by=cast["hana"])
    assert not sees(nell, concern)
    assert Message.objects.get(kind="passed_on").where() == ""


@pytest.mark.parametrize("changes", [{"is_active": False}, {"organisation": "stan"}])
def test_a_further_reader_who_leaves_sees_it_no_longer(cast, concern, nell, changes):
    pass_on(concern, nell, cast["moss"])
    nell.is_active = changes.get("is_active", True)
    nell.organisation = cast[changes["organisation"]].organisation if "organisation" in changes else nell.organisation
    nell.save()
    assert not sees(nell, concern)


def test_a_note_that_narrows_ends_it_too(cast, concern, nell):
    pass_on(concern, nell, cast["moss"])
    add_note(concern, cast["asha"], about=["guard"])
    assert not sees(nell, concern)


def test_a_further_reader_does_not_decide(cast, concern, nell, client):
    pass_on(concern, nell, cast["hana"], "head_office")
    client.force_login(nell)
    assert client.get(address(concern)).status_code == 200
    for page in ("release", "keep-from"):
        assert client.get(f"/concerns/{concern}/{page}/").status_code == 404
    assert "Propose to close" in Page(client.get(f"/concerns/{concern}/close/")).text


# --- It refuses ---------------------------------------------------------------------------------------------------

BAD = {
    "nobody": ({"person": ""}, "Choose somebody."),
    "somebody else": ({"person": "00000000-0000-0000-0000-000000000000"}, "Choose somebody who is on the list."),
    "what is nobody": ({"person": "\0"}, "Choose somebody who is on the list."),
    "no reason": ({"reason": ""}, "Write why they need it."),
    "too long": ({"reason": "w" * 5_001}, "Shorten this to 5,000 characters"),
}


@pytest.mark.parametrize(("answers", "sentence"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_pointed_out_and_everything_typed_stays(sign_in, concern, typed, answers, sentence):
    response = sign_in("moss").post(address(concern), typed | answers)
    page = Page(response)
    ((said, _),) = page.errors()
    assert (response.status_code, Decision.objects.count()) == (422, 0)
    assert said.startswith(sentence)
    assert page.posted(address(concern))["reason"] == [(typed | answers)["reason"]]


@pytest.mark.parametrize("who", ["moss", "hana", "stan", "cole", "priya", "asha"])
def test_nobody_outside_the_list_is_taken(sign_in, cast, concern, typed, who):
    assert sign_in("moss").post(address(concern), typed | {"person": str(cast[who].pk)}).status_code == 422


@pytest.mark.parametrize("who", ["asha", "lena", "cole", "priya", "ada", "stan"])
def test_nobody_else_passes_it_on(sign_in, concern, nell, typed, who):
    assert sign_in(who).get(address(concern)).status_code == 404
    assert sign_in(who).post(address(concern), typed).status_code == 404
    assert not sees(nell, concern)


def test_where_there_is_nobody_the_page_says_so(sign_in, cast, concern):
    User.objects.filter(organisation=cast["moss"].organisation).exclude(pk=cast["moss"].pk).update(is_active=False)
    assert "There is nobody else at your organisation" in Page(sign_in("moss").get(address(concern))).text


# --- Twice --------------------------------------------------------------------------------------------------------


def test_the_second_tap_ends_like_the_first_and_changes_nothing(sign_in, concern, typed):
    browser = sign_in("moss")
    pages = [browser.post(address(concern), typed, follow=True) for _ in range(2)]
    assert ["They can see it from now on." in Page(page).text for page in pages] == [True, True]
    assert Decision.objects.count() == Event.objects.filter(verb="passed_on").count() == 1


def test_other_words_about_the_same_person_are_shown_again(sign_in, concern, typed):
    browser = sign_in("moss")
    browser.post(address(concern), typed)
    response = browser.post(address(concern), typed | {"reason": "She asked for it."})
    text = Page(response).by_id("main-content").text
    assert response.status_code == 409
    assert "Nothing was changed It was passed on to them before." in text
    assert "She asked for it." in text
    assert Decision.objects.get().text != "She asked for it."


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_kept(cast, concern, nell):
    given = at_once(*[lambda: pass_on(concern, nell, cast["moss"])] * 2)
    assert given[0] == given[1] == Decision.objects.get()
    assert Message.objects.filter(kind="passed_on").count() == 1


def test_somebody_with_two_copies_acknowledges_both(sign_in, cast, concern):
    """One was passed on to the lead, and the chain then came to them."""
    manager = concern.deliveries.get(recipient="manager")
    actions.pass_on(delivery=manager, person=cast["lena"], by=cast["moss"], reason="I am off shift.")
    lead = concern.deliveries.get(recipient="manager")
    lead.pk, lead.recipient, lead._state.adding = uuid.uuid4(), "lead", True
    lead.save()
    sent = {"writer": cast["lena"].pk}
    assert sign_in("lena").post(f"/concerns/{concern}/acknowledge/", sent).status_code == 302
    theirs = concern.deliveries.filter(recipient__in=["manager", "lead"])
    assert set(theirs.values_list("acknowledged_by", flat=True)) == {cast["lena"].pk}
