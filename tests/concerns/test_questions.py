"""Somebody who reads a card asks its author something; the author answers, once. The police ask in confidence."""

import uuid

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import User
from concerns import actions, reading
from concerns.models import Answer, Event, Note, Question
from tests.cards import add_note, send_card
from tests.concerns.people import hire
from tests.concerns.threads import at_once
from tests.pages import Page

ASKED, SAID = "Which door did he use?", "The one by the lifts."


def ask(concern, by, text=ASKED):
    return actions.ask(concern=concern, by=by, text=text)


def address(concern, page="answer"):
    return f"/concerns/{concern}/{page}/"


def typed(question, text=SAID):
    return {"question": str(question.pk), "text": text}


def text_of(browser, path):
    return Page(browser.get(path)).by_id("main-content").text


def leave(user, **changes):
    user = User.objects.get(pk=user.pk)
    for name, value in (changes or {"is_active": False}).items():
        setattr(user, name, value)
    user.save()


# --- It works -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["moss", "hana", "priya"])
def test_a_reader_asks_and_the_author_answers(sign_in, cast, concern, who):
    asker, asha = sign_in(who), sign_in("asha")
    assert (
        "Asked. The answer will show here."
        in Page(asker.post(address(concern, "ask"), {"text": ASKED}, follow=True)).text
    )
    page = Page(asha.get("/"))
    (link,) = [link["href"] for link in page.by_id("main-content").all("a") if "/answer/" in link["href"]]
    form = Page(asha.get(link))
    assert ASKED in form.text
    sent = Page(asha.post(address(concern), form.posted(address(concern)) | {"text": SAID}, follow=True))
    assert "Your answer is stored. Thank you." in sent.text
    assert SAID in text_of(asker, f"/concerns/{concern}/")
    assert "/answer/" not in asha.get("/").content.decode()


def test_the_lead_asks_where_they_have_it(sign_in, cast):
    concern = send_card(cast["asha"], about=["office"])
    sign_in("lena").post(address(concern, "ask"), {"text": ASKED})
    assert Question.objects.get().asked_by == cast["lena"]


def test_a_manager_who_wrote_the_card_is_asked_above_their_queue(sign_in, cast):
    concern = send_card(cast["moss"])
    ask(concern, cast["hana"])
    page = Page(sign_in("moss").get("/"))
    assert "A question waits for your answer" in page.text
    assert "Head office, about your card" in page.text


def test_the_home_says_who_asks_about_which_card_and_not_what(sign_in, cast, concern):
    ask(concern, cast["priya"])
    text = text_of(sign_in("asha"), "/")
    assert f"Police, about your card {concern}" in text
    assert ASKED not in text
    assert "Priya" not in text


def test_the_history_holds(sign_in, cast, concern, capsys):
    actions.answer(question=ask(concern, cast["moss"]), by=cast["asha"], text=SAID)
    text = text_of(sign_in("moss"), f"/concerns/{concern}/")
    assert "Question answered: Asha" in text
    call_command("verify_history")
    assert capsys.readouterr().out.endswith("Everything fits.\n")


# --- In confidence ------------------------------------------------------------------------------------------------


def test_a_question_of_the_police_is_shown_to_police_and_author_alone(sign_in, cast, concern):
    actions.answer(question=ask(concern, cast["priya"], "canary-asked"), by=cast["asha"], text="canary-said")
    for who in ("asha", "moss", "hana", "priya", "cole"):
        for path in ("", "print/"):
            page = sign_in(who).get(f"/concerns/{concern}/{path}").content.decode()
            assert ("canary" in page) == (who in ("asha", "priya") and path == ""), who
    for who in ("moss", "hana", "cole"):
        assert "Question" not in text_of(sign_in(who), f"/concerns/{concern}/").partition("History")[2]


def test_what_the_company_asks_is_not_shown_to_the_police(sign_in, cast, concern):
    actions.answer(question=ask(concern, cast["moss"], "canary-asked"), by=cast["asha"], text="canary-said")
    for who, sees in {"moss": True, "hana": True, "priya": False, "cole": False}.items():
        assert ("canary" in sign_in(who).get(f"/concerns/{concern}/").content.decode()) == sees


@pytest.mark.parametrize(("agreed", "named"), [(True, True), (False, False), (None, False)])
def test_an_answer_to_the_police_names_the_author_only_where_they_agreed(sign_in, cast, agreed, named):
    concern = send_card(cast["asha"], police_may_know_name=agreed)
    actions.answer(question=ask(concern, cast["priya"]), by=cast["asha"], text=SAID)
    text = text_of(sign_in("priya"), f"/concerns/{concern}/")
    assert SAID in text
    assert ("Asha" in text) == named


def test_the_customer_reads_of_no_questions_and_no_decisions(sign_in, concern):
    text = text_of(sign_in("cole"), f"/concerns/{concern}/")
    assert not [word for word in ("Questions", "Decisions", "Close") if word in text]


def test_what_the_author_is_asked_stands_there_once(sign_in, cast, concern):
    ask(concern, cast["moss"])
    assert text_of(sign_in("asha"), f"/concerns/{concern}/").count(ASKED) == 1


def test_a_reader_who_is_withheld_by_a_note_sees_no_question_any_more(sign_in, cast, concern):
    ask(concern, cast["moss"])
    add_note(concern, cast["asha"], about=["guard"])
    assert sign_in("moss").get(address(concern, "ask")).status_code == 404


# --- Where the author has left ------------------------------------------------------------------------------------

GONE = {"who left": {"is_active": False}, "who moved": {"organisation": "stan"}, "an admin now": {"role": "admin"}}


@pytest.fixture(params=GONE.values(), ids=GONE)
def gone(request, cast):
    """A function after which Asha does not work there any more."""

    def go():
        changes = dict(request.param)
        if "organisation" in changes:
            changes["organisation"] = cast["stan"].organisation
        if "role" in changes:
            changes["organisation"] = None
        leave(cast["asha"], **changes)

    return go


@pytest.mark.parametrize("asker", ["moss", "priya"])
def test_a_leavers_open_question_goes_to_head_office(sign_in, cast, concern, gone, asker):
    question = ask(concern, cast[asker])
    hana = sign_in("hana")
    assert address(concern) not in hana.get("/").content.decode()
    gone()
    assert f"about a leaver’s card {concern}" in text_of(hana, "/")
    assert ASKED in text_of(hana, f"/concerns/{concern}/")
    hana.post(address(concern), typed(question))
    assert Answer.objects.get().answered_by == cast["hana"]
    assert SAID in text_of(sign_in(asker), f"/concerns/{concern}/")


def test_what_the_police_asked_a_leaver_is_for_head_office_and_not_the_manager(sign_in, cast, concern):
    question = ask(concern, cast["priya"], "canary-asked")
    leave(cast["asha"])
    assert "canary" not in sign_in("moss").get(f"/concerns/{concern}/").content.decode()
    assert sign_in("moss").post(address(concern), typed(question)).status_code == 404
    assert "canary-asked" in sign_in("hana").get(f"/concerns/{concern}/").content.decode()


def test_where_head_office_is_withheld_the_lead_answers_for_a_leaver(sign_in, cast):
    concern = send_card(cast["asha"], about=["office"])
    question = ask(concern, cast["priya"])
    leave(cast["asha"])
    assert "A question waits" not in text_of(sign_in("hana"), "/")
    assert sign_in("hana").post(address(concern), typed(question)).status_code == 404
    assert f"about a leaver’s card {concern}" in text_of(sign_in("lena"), "/")
    sign_in("lena").post(address(concern), typed(question))
    assert Answer.objects.get().answered_by == cast["lena"]


def test_a_lead_to_whom_it_is_not_the_leads_to_answer_is_not_asked(sign_in, cast, concern):
    ask(concern, cast["moss"])
    leave(cast["asha"])
    assert reading.to_answer(cast["lena"]) == []


def test_an_author_who_comes_back_answers_themselves(sign_in, cast, concern):
    question = ask(concern, cast["moss"])
    leave(cast["asha"])
    leave(cast["asha"], is_active=True)
    assert reading.to_answer(cast["hana"]) == []
    sign_in("asha").post(address(concern), typed(question))
    assert Answer.objects.get().answered_by == cast["asha"]


def test_the_police_are_told_no_name_of_who_answered_for_a_leaver(sign_in, cast, concern):
    question = ask(concern, cast["priya"])
    leave(cast["asha"])
    actions.answer(question=question, by=cast["hana"], text=SAID)
    text = text_of(sign_in("priya"), f"/concerns/{concern}/")
    assert "Head office, for the author" in text
    assert "Hana" not in text


# --- The first answer stands --------------------------------------------------------------------------------------


def test_a_second_answer_is_told_so_and_can_become_a_note(sign_in, cast, concern):
    question = ask(concern, cast["moss"])
    actions.answer(question=question, by=cast["asha"], text=SAID)
    asha = sign_in("asha")
    response = asha.post(address(concern), typed(question, "No: the one by the stairs."))
    page = Page(response)
    assert response.status_code == 409
    assert "Somebody has answered this question already." in page.text
    posted = page.posted(address(concern, "note"))
    assert posted["note-text"] == ["No: the one by the stairs."]
    assert asha.post(address(concern, "note"), posted | {"note-about": "no"}).status_code == 302
    assert (Answer.objects.get().text, Note.objects.get().text) == (SAID, "No: the one by the stairs.")


@pytest.mark.parametrize("by_leaver", [False, True])
def test_a_second_answer_to_the_police_is_steered_into_no_note(sign_in, cast, concern, by_leaver):
    question, who = ask(concern, cast["priya"]), "hana" if by_leaver else "asha"
    if by_leaver:
        leave(cast["asha"])
    actions.answer(question=question, by=cast[who], text=SAID)
    response = sign_in(who).post(address(concern), typed(question, "The one by the stairs."))
    page = Page(response)
    assert response.status_code == 409
    assert "The one by the stairs." in page.text
    assert "ring them, or wait until they ask again" in page.text
    assert "read by everybody at your company who has this card, such as the manager and head office" in page.text
    assert not page.forms(address(concern, "note"))


@pytest.mark.parametrize(("who", "confided"), [("priya", True), ("moss", False)])
def test_the_page_of_an_answer_to_the_police_sends_nobody_to_a_note(sign_in, cast, concern, who, confided):
    ask(concern, cast[who])
    text = text_of(sign_in("asha"), address(concern))
    assert ("ring them, or wait until they ask again" in text) == confided
    assert ("goes in a note" in text) == (not confided)


def test_the_same_answer_twice_is_one(sign_in, cast, concern):
    question, asha = ask(concern, cast["moss"]), sign_in("asha")
    for _ in range(2):
        assert asha.post(address(concern), typed(question)).status_code == 302
    assert Answer.objects.count() == Event.objects.filter(verb="answered").count() == 1


def test_the_same_question_twice_is_one_until_it_is_answered(sign_in, cast, concern):
    moss = sign_in("moss")
    for _ in range(2):
        assert moss.post(address(concern, "ask"), {"text": ASKED}).status_code == 302
    actions.answer(question=Question.objects.get(), by=cast["asha"], text=SAID)
    moss.post(address(concern, "ask"), {"text": ASKED})
    assert Question.objects.count() == 2


def test_several_questions_are_answered_one_after_the_other(sign_in, cast, concern):
    first, second = ask(concern, cast["moss"], "First?"), ask(concern, cast["priya"], "Second?")
    asha = sign_in("asha")
    assert "Second?" in text_of(asha, f"{address(concern)}?question={second.pk}")
    assert "First?" in text_of(asha, address(concern))
    asha.post(address(concern), typed(second))
    assert "First?" in text_of(asha, f"{address(concern)}?question={second.pk}")
    asha.post(address(concern), typed(first))
    assert asha.get(address(concern)).url == f"/concerns/{concern}/"


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_stands(cast, concern):
    question = ask(concern, cast["moss"])
    given = at_once(*[lambda n=n: actions.answer(question=question, by=cast["asha"], text=f"Door {n}") for n in (1, 2)])
    assert sorted(given) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_of_two_taps_at_once_one_question_is_asked(cast, concern):
    at_once(*[lambda: ask(concern, cast["moss"])] * 2)
    assert Question.objects.count() == 1


# --- Nobody else --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["asha", "lena", "cole", "ada", "stan"])
def test_nobody_else_asks(sign_in, concern, who):
    assert sign_in(who).get(address(concern, "ask")).status_code == 404
    assert sign_in(who).post(address(concern, "ask"), {"text": ASKED}).status_code == 404
    assert not Question.objects.exists()


def test_an_author_with_a_copy_asks_not_themselves(sign_in, cast):
    assert sign_in("moss").get(address(send_card(cast["moss"]), "ask")).status_code == 404


@pytest.mark.parametrize("who", ["moss", "hana", "lena", "cole", "priya", "ada", "stan"])
def test_nobody_but_the_author_answers(sign_in, cast, concern, who):
    question = ask(concern, cast["priya"])
    assert sign_in(who).post(address(concern), typed(question)).status_code == 404
    assert not Answer.objects.exists()


def test_a_question_about_one_card_is_not_answered_on_another(sign_in, cast, concern):
    question = ask(send_card(cast["asha"]), cast["moss"])
    assert sign_in("asha").post(address(concern), typed(question)).status_code == 404


def test_a_question_of_another_author_is_not_found(sign_in, cast, concern):
    theirs = send_card(hire("Gus", "guard", cast["asha"].organisation, [concern.site]), site=concern.site)
    ask(theirs, cast["moss"])
    assert reading.to_answer(cast["asha"]) == []


BAD = [("", "Enter your"), (" ", "Enter your"), ("w" * 5_001, "Shorten this"), ("a\0b", "Something here")]


@pytest.mark.parametrize(("text", "sentence"), BAD)
def test_what_is_wrong_is_pointed_out_and_nothing_is_stored(sign_in, cast, concern, text, sentence):
    question = ask(concern, cast["hana"])
    for who, page, answers in (("moss", "ask", {"text": text}), ("asha", "answer", typed(question, text))):
        response = sign_in(who).post(address(concern, page), answers)
        ((said, _),) = Page(response).errors()
        assert (response.status_code, said.startswith(sentence)) == (422, True)
    assert (Question.objects.count(), Answer.objects.count()) == (1, 0)


# --- No word is lost ----------------------------------------------------------------------------------------------

FORMS = {
    "ask": ("moss", {"text": "canary"}),
    "answer": ("asha", {"text": "canary"}),
    "release": ("hana", {"recipient": "manager", "reason": "canary"}),
    "pass-on": ("hana", {"person": str(uuid.uuid4()), "reason": "canary"}),
    "keep-from": ("hana", {"people": [str(uuid.uuid4())], "text": "canary", "name": "canary"}),
    "close": ("hana", {"outcome": "innocent", "checked_by": "canary", "checked_how": "canary"}),
}


@pytest.fixture(params=FORMS)
def form(request, cast, concern):
    """(who, address, answers) of a form with words that somebody has filled in."""
    who, answers = FORMS[request.param]
    carried = {"question": str(ask(concern, cast["moss"]).pk)} if request.param == "answer" else {}
    return who, address(concern, request.param), answers | carried | {"writer": str(cast[who].pk)}


def given_back(response, form):
    """Whether every answer stands on the page, ready to be sent again."""
    _, path, answers = form
    posted = Page(response).posted(path)
    return all(posted[name] == (value if isinstance(value, list) else [value]) for name, value in answers.items())


def test_signed_out_while_typing_keeps_the_words(client, form):
    response = client.post(form[1], form[2])
    assert (response.status_code, given_back(response, form)) == (403, True)
    assert "You have been signed out. Nothing is lost" in Page(response).text


def test_signed_in_again_the_same_page_gets_through(client, cast, form):
    page = Page(client.post(form[1], form[2]))
    client.force_login(cast[form[0]])
    assert client.post(form[1], page.posted(form[1])).status_code in (302, 409, 422)


def test_somebody_else_who_signs_in_cannot_send_it(sign_in, cast, form):
    response = sign_in("lena").post(form[1], form[2])
    assert (response.status_code, given_back(response, form)) == (403, True)
    assert "was started by somebody else." in Page(response).text


def test_a_stale_token_keeps_the_words_and_asks_nothing_of_the_database(sign_in, form, django_assert_num_queries):
    browser = sign_in(form[0], enforce_csrf_checks=True)
    with django_assert_num_queries(0):
        response = browser.post(form[1], form[2])
    assert (response.status_code, given_back(response, form)) == (403, True)
    assert browser.post(form[1], Page(response).posted(form[1])).status_code in (302, 409, 422)


def test_a_database_that_is_gone_keeps_the_words(sign_in, form):
    browser = sign_in(form[0])
    browser.raise_request_exception = False

    def gone(execute, sql, params, many, context):
        raise OperationalError("database is locked")

    with connection.execute_wrapper(gone):
        response = browser.post(form[1], form[2])
    assert (response.status_code, given_back(response, form)) == (503, True)
    assert "is not stored. Nobody can see it." in Page(response).text


def test_a_concern_that_is_closed_to_them_while_they_typed_keeps_the_words(sign_in, cast, concern, form):
    actions.keep_from(concern=concern, people=[cast["moss"]], by=cast["hana"])
    leave(cast["asha"], organisation=cast["stan"].organisation)
    leave(cast["hana"], organisation=cast["stan"].organisation)
    response = sign_in(form[0]).post(form[1], form[2])
    assert (response.status_code, given_back(response, form)) == (404, True)


def test_a_page_that_gives_words_back_says_nothing_of_the_concern(client, form):
    text = Page(client.post(form[1], form[2])).text
    for name in ("Moss", "Hana", "Quillgate", "Harrowmere", "Asha"):
        assert name not in text


def test_whoever_opens_it_without_signing_in_is_asked_to(form):
    assert Client().get(form[1]).url == f"/accounts/login/?next={form[1]}"
