"""Head office names people who may never see a concern, whatever they do here later; the lead where it is withheld."""

import pytest
from django.core.management import call_command

from accounts.models import User
from concerns import actions
from concerns.decision_forms import MOST
from concerns.models import Concern, Decision, Delivery, Event, KeptFrom
from tests.cards import send_card
from tests.concerns.people import hire
from tests.concerns.threads import at_once
from tests.pages import Page


def address(concern):
    return f"/concerns/{concern}/keep-from/"


def sees(user, concern):
    return Concern.objects.visible_to(User.objects.get(pk=user.pk)).filter(pk=concern.pk).exists()


def offered(page):
    """The names that can be ticked."""
    boxes = [box for box in page.all("input") if box["type"] == "checkbox"]
    labels = {label["for"]: label.text for label in page.all("label")}
    return [labels[box["id"]] for box in boxes]


@pytest.fixture
def holly(cast):
    """Somebody else at head office."""
    return hire("Holly", "head_office", cast["hana"].organisation)


def keep(browser, concern, *people, **more):
    return browser.post(address(concern), {"people": [str(person.pk) for person in people], **more}, follow=True)


def acknowledge(browser, concern, writer):
    return browser.post(f"/concerns/{concern}/acknowledge/", {"writer": writer.pk}, follow=True)


# --- It works -----------------------------------------------------------------------------------------------------


def test_acknowledging_asks_for_names_where_somebody_may_be_involved(sign_in, cast, concern_about_moss):
    response = acknowledge(sign_in("hana"), concern_about_moss, cast["hana"])
    assert response.redirect_chain == [(address(concern_about_moss), 302)]
    text = Page(response).text
    assert "Acknowledged." in text
    assert "Nobody to add: go to the concern" in text


@pytest.mark.parametrize(("about", "who"), [("no", "hana"), ("site", "moss"), ("guard", "priya")])
def test_acknowledging_asks_nobody_else(sign_in, cast, about, who):
    concern = send_card(cast["asha"], about=[about])
    response = acknowledge(sign_in(who), concern, cast[who])
    assert response.redirect_chain == [(f"/concerns/{concern}/", 302)]


def test_head_office_that_was_released_is_asked_for_no_names(sign_in, cast):
    concern = send_card(cast["asha"], about=["office"])
    copy = concern.deliveries.get(recipient="head_office")
    actions.release(delivery=copy, by=cast["lena"], reason="Somebody else.")
    response = acknowledge(sign_in("hana"), concern, cast["hana"])
    assert response.redirect_chain == [(f"/concerns/{concern}/", 302)]


def test_a_name_that_was_ticked_finds_nothing_any_more(sign_in, cast, concern, holly, client):
    assert "It is kept from 1 person" in Page(keep(sign_in("hana"), concern, holly)).text
    client.force_login(holly)
    for path in ("", "print/", "note/", "close/", "keep-from/", "ask/", "pass-on/", "release/"):
        assert client.get(f"/concerns/{concern}/{path}").status_code == 404
    assert str(concern) not in client.get("/").content.decode()


@pytest.mark.parametrize("role", ["manager", "head_office", "lead"])
def test_no_later_role_and_no_release_opens_it(cast, concern_about_moss, role):
    actions.keep_from(concern=concern_about_moss, people=[cast["moss"]], by=cast["hana"])
    actions.release(delivery=concern_about_moss.deliveries.get(recipient="manager"), by=cast["hana"], reason="x")
    cast["moss"].role = role
    cast["moss"].save()
    assert not sees(cast["moss"], concern_about_moss)


def test_a_guard_who_is_named_does_not_see_it_as_a_manager(sign_in, cast, concern):
    gus = hire("Gus", "guard", cast["asha"].organisation, [concern.site])
    keep(sign_in("hana"), concern, gus)
    gus.role = "manager"
    gus.save()
    assert not sees(gus, concern)


def test_the_lead_names_people_where_head_office_is_withheld(sign_in, cast, holly):
    concern = send_card(cast["asha"], about=["office"])
    assert sign_in("hana").get(address(concern)).status_code == 404
    keep(sign_in("lena"), concern, holly)
    assert KeptFrom.objects.filter(concern=concern, user=holly, recipient="").exists()


def test_a_link_in_their_mailbox_dies(sign_in, concern, holly):
    before = set(concern.deliveries.values_list("generation", flat=True))
    keep(sign_in("hana"), concern, holly)
    assert min(concern.deliveries.values_list("generation", flat=True)) > max(before)


def test_the_history_names_it_to_whoever_decides_alone(sign_in, concern, holly, capsys):
    keep(sign_in("hana"), concern, holly, text="A cousin.")
    text = Page(sign_in("hana").get(f"/concerns/{concern}/")).text
    assert "Kept from Holly A cousin." in text
    assert "Kept from somebody by name: Hana" in text
    for who in ("moss", "asha", "priya"):
        assert "Kept from" not in Page(sign_in(who).get(f"/concerns/{concern}/")).text
    call_command("verify_history")
    assert capsys.readouterr().out.endswith("Everything fits.\n")


# --- Whom it offers -----------------------------------------------------------------------------------------------


def test_it_offers_who_could_see_it_and_never_themselves_nor_the_author(sign_in, cast, concern, holly):
    hire("Gone", "manager", holly.organisation, is_active=False)
    author = send_card(cast["moss"])
    assert offered(Page(sign_in("hana").get(address(concern)))) == [
        "Holly, head office",
        "Lena, safeguarding lead, DEMO4",
        "Moss, manager, DEMO2",
    ]
    assert not [name for name in offered(Page(sign_in("hana").get(address(author)))) if name.startswith("Moss")]


def test_somebody_is_found_by_a_part_of_their_name_guards_and_leavers_too(sign_in, cast, concern, holly):
    hire("Gus Holloway", "guard", holly.organisation)
    hire("Holt", "manager", holly.organisation, is_active=False)
    hire("Holmes", "manager", cast["stan"].organisation)
    page = Page(sign_in("hana").post(address(concern), {"name": "hol", "find": "1"}))
    assert offered(page) == ["Gus Holloway, guard", "Holly, head office", "Holt, manager, has left"]
    assert not page.errors()


def test_what_was_ticked_stays_ticked_while_they_look_further(sign_in, concern, holly):
    hana = sign_in("hana")
    first = {"people": [str(holly.pk)], "text": "A cousin."}
    page = Page(hana.post(address(concern), first | {"name": "nobody of that name", "find": "1"}))
    assert page.posted(address(concern))["people"] == [str(holly.pk)]
    assert page.posted(address(concern))["text"] == ["A cousin."]
    assert not Decision.objects.exists()


def test_a_large_company_is_offered_by_name(sign_in, cast, concern):
    for n in range(MOST + 5):
        hire(f"Person{n:03}", "manager", cast["hana"].organisation)
    page = Page(sign_in("hana").get(address(concern)))
    assert len(offered(page)) == MOST
    assert "There are more. Look for a name." in page.text
    assert "There are more" not in Page(sign_in("hana").post(address(concern), {"name": "person104", "find": "1"})).text


def test_a_name_that_is_kept_from_it_is_not_offered_again(sign_in, concern, holly):
    hana = sign_in("hana")
    keep(hana, concern, holly)
    page = Page(hana.get(address(concern)))
    assert "Holly, head office" not in offered(page)
    assert "Kept from it by name already: Holly." in page.text


# --- It refuses ---------------------------------------------------------------------------------------------------


def test_nobody_to_add_is_a_good_answer(sign_in, concern):
    assert "Nobody was added." in Page(keep(sign_in("hana"), concern)).text
    assert not Decision.objects.exists()


@pytest.mark.parametrize("typed", [{"text": "A cousin."}, {"name": "Holly"}])
def test_words_with_nobody_ticked_are_not_taken_for_nobody_to_add(sign_in, concern, typed):
    response = sign_in("hana").post(address(concern), typed)
    page = Page(response)
    ((sentence, target),) = page.errors()
    assert (response.status_code, sentence) == (422, "Nobody is ticked. Look for a name, and tick it.")
    assert target["id"] == "name"
    assert {name: page.posted(address(concern))[name] for name in typed} == {n: [v] for n, v in typed.items()}


@pytest.mark.parametrize("who", ["hana", "asha", "stan", "cole", "priya"])
def test_neither_themselves_nor_the_author_nor_a_stranger_is_taken(sign_in, cast, concern, who):
    response = sign_in("hana").post(address(concern), {"people": [str(cast[who].pk)], "text": "Because."})
    page = Page(response)
    assert (response.status_code, KeptFrom.objects.count()) == (422, 0)
    assert page.errors()[0][0] == "Choose only people who are on the list."
    assert page.posted(address(concern))["text"] == ["Because."]


@pytest.mark.parametrize("typed", ["\0", "x", "", "00000000-0000-0000-0000-000000000000"])
def test_nonsense_is_refused_in_words(sign_in, concern, typed):
    assert sign_in("hana").post(address(concern), {"people": [typed], "name": typed}).status_code == 422


@pytest.mark.parametrize("who", ["asha", "moss", "lena", "cole", "priya", "ada", "stan"])
def test_nobody_else_names_anybody(sign_in, concern, holly, who):
    assert sign_in(who).get(address(concern)).status_code == 404
    assert sign_in(who).post(address(concern), {"people": [str(holly.pk)]}).status_code == 404
    assert not KeptFrom.objects.exists()


def test_the_verb_itself_takes_no_one_who_cannot_be_named(cast, concern):
    for person in (cast["hana"], cast["asha"], cast["stan"]):
        with pytest.raises(actions.NotYet):
            actions.keep_from(concern=concern, people=[person], by=cast["hana"])
    assert not KeptFrom.objects.exists()


# --- Twice --------------------------------------------------------------------------------------------------------


def test_the_second_tap_changes_nothing(sign_in, concern, holly):
    hana = sign_in("hana")
    assert keep(hana, concern, holly).status_code == keep(hana, concern, holly).status_code == 200
    assert Decision.objects.count() == Event.objects.filter(verb="kept_from").count() == 1


def test_other_words_about_a_name_that_is_kept_from_it_already_are_shown_again(sign_in, concern, holly):
    hana = sign_in("hana")
    keep(hana, concern, holly, text="A cousin.")
    response = keep(hana, concern, holly, text="A neighbour.")
    text = Page(response).by_id("main-content").text
    assert response.status_code == 409
    assert text.startswith("Nothing was changed It is kept from them already.")
    assert "A neighbour." in text
    assert "note" not in text
    assert Decision.objects.get().text == "A cousin."


@pytest.mark.django_db(transaction=True)
def test_two_who_name_one_another_at_once_do_not_shut_both_out(cast, concern, holly):
    at_once(
        lambda: actions.keep_from(concern=concern, people=[holly], by=cast["hana"]),
        lambda: actions.keep_from(concern=concern, people=[cast["hana"]], by=holly),
    )
    assert [sees(cast["hana"], concern), sees(holly, concern)].count(True) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_kept(cast, concern, holly):
    kept = at_once(*[lambda: actions.keep_from(concern=concern, people=[holly], by=cast["hana"])] * 2)
    assert kept[0] == kept[1] == [Decision.objects.get()]
    assert Delivery.objects.filter(concern=concern).exists()
