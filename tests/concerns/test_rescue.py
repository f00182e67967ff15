"""The words of a card or a note survive a stale token, a session that ran out, and a database that is gone."""

import uuid

import pytest
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import Site
from concerns.models import Concern, Delivery, Event, Note, PersonSeen, VehicleSeen
from concerns.views import sheets
from tests.cards import send_card
from tests.pages import Page, typed_fully

pytestmark = pytest.mark.usefixtures("clock")

NOTE = {
    "note-text": "He came back at eleven.",
    "note-about": ["site"],
    "people-0-name": "Kez",
    "people-1-description": "tall, green coat",
    "vehicles-0-mark": "ZZ12 ?BC",
}


@pytest.fixture
def card(cast):
    site = Site.objects.get(name="Quillgate Shopping Centre")
    key = str(uuid.uuid4())
    return "/report/", typed_fully(site) | {"submission_key": key, "writer": str(cast["asha"].pk)}


@pytest.fixture
def note(cast, concern):
    key = str(uuid.uuid4())
    return f"/concerns/{concern}/note/", NOTE | {"note-submission_key": key, "note-writer": str(cast["asha"].pk)}


@pytest.fixture
def line(cast, concern):
    return f"/concerns/{concern}/told/", {"told_whom": "Dee, duty desk", "told_at": "23:20", "recipient": "manager"}


@pytest.fixture(params=["card", "note", "line"])
def form(request):
    """(address, answers) of a card, a note, or the line about a call, that Asha has filled in."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["card", "note"])
def signed(request):
    """The same of those that name their writer."""
    return request.getfixturevalue(request.param)


def kept(response, form):
    """The page that came back, if every answer is still on it."""
    address, answers = form
    page, posted = Page(response), Page(response).posted(address)
    assert {name: posted[name] for name in answers} == {
        n: v if isinstance(v, list) else [v] for n, v in answers.items()
    }
    return page


def stored():
    """How many rows there are of what a card and a note are made of."""
    return [model.objects.count() for model in (Concern, Note, PersonSeen, VehicleSeen, Delivery, Event)]


# --- A token that has run out -------------------------------------------------------------------------------------

TOKENS = {"another": "x" * 64, "none": None, "short": "abc", "not ASCII": "é" * 64}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
def test_a_stale_token_keeps_the_words_and_brings_one_that_works(sign_in, form, token):
    browser, before = sign_in("asha", enforce_csrf_checks=True), stored()
    response = browser.post(form[0], form[1] | ({} if token is None else {"csrfmiddlewaretoken": token}))
    page = kept(response, form)
    assert (response.status_code, stored()) == (403, before)
    assert "The page had been open too long. Nothing is lost" in page.text
    assert browser.post(form[0], page.posted(form[0])).status_code == 302


def test_a_token_from_before_signing_in_keeps_the_words_and_is_replaced(client, cast, form):
    browser = Client(enforce_csrf_checks=True)
    token = Page(browser.get("/accounts/login/")).posted("/accounts/login/")["csrfmiddlewaretoken"]
    browser.force_login(cast["asha"])
    del browser.cookies["csrftoken"]
    page = kept(browser.post(form[0], form[1] | {"csrfmiddlewaretoken": token}), form)
    assert browser.post(form[0], page.posted(form[0])).status_code == 302


def test_a_stale_token_asks_nothing_of_the_database(sign_in, form, django_assert_num_queries):
    browser = sign_in("asha", enforce_csrf_checks=True)
    with django_assert_num_queries(0):
        browser.post(*form)


def test_a_stale_token_elsewhere_says_so_plainly(sign_in, concern):
    response = sign_in("moss", enforce_csrf_checks=True).post(f"/concerns/{concern}/acknowledge/")
    assert response.status_code == 403
    assert "Please send it again" in Page(response).text


# --- A session that ran out ---------------------------------------------------------------------------------------


def test_signed_out_while_typing_keeps_the_words_and_stores_nothing(sign_in, form):
    browser, before = sign_in("asha"), stored()
    browser.session.flush()
    response = browser.post(*form)
    page = kept(response, form)
    assert (response.status_code, stored()) == (403, before)
    assert "You have been signed out. Nothing is lost: your words are below." in page.text
    assert "/accounts/login/" in [link["href"] for link in page.all("a")]


def test_signed_in_again_the_same_page_is_sent(client, cast, form):
    page = Page(client.post(*form))
    client.force_login(cast["asha"])
    assert client.post(form[0], page.posted(form[0])).status_code == 302


def test_somebody_else_who_signs_in_cannot_send_it(client, cast, signed):
    page, before = Page(client.post(*signed)), stored()
    client.force_login(cast["moss"])
    response = client.post(signed[0], page.posted(signed[0]))
    again = kept(response, signed)
    assert (response.status_code, stored()) == (403, before)
    assert "was started by somebody else" in again.text
    client.force_login(cast["asha"])
    assert client.post(signed[0], again.posted(signed[0])).status_code == 302


def test_somebody_else_may_neither_add_rows_nor_take_it_over(client, cast, signed):
    client.force_login(cast["moss"])
    page = Page(client.post(signed[0], signed[1] | {"add": "people"}))
    assert client.post(signed[0], page.posted(signed[0])).status_code == 403


def test_a_page_for_nobody_says_nothing_of_sites_and_people(client, card, cast):
    text = client.post(*card).content.decode()
    assert "The place that you chose" in text
    for name in ("Quillgate", "Parkway", "Harrowmere", "Makesafe", "Brightkeep", "Wexmoor", "Moss"):
        assert name not in text


@pytest.mark.parametrize("site", ["00000000-0000-0000-0000-000000000000", "x", "", "elsewhere"])
def test_a_page_for_nobody_is_the_same_for_any_site(client, card, site, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.post(card[0], card[1] | {"site": site, "zone": f"{site}/Car park"})
    assert Page(response).posted("/report/")["zone"] == [f"{site}/Car park"]
    assert response.status_code == 403


@pytest.mark.parametrize("reference", ["REAL", "AAAA-AAAA", "nonsense"])
def test_a_note_for_nobody_does_not_tell_whether_there_is_such_a_concern(client, concern, reference):
    address = f"/concerns/{reference.replace('REAL', str(concern))}/note/"
    response = client.post(address, NOTE)
    assert response.status_code == 403
    assert Page(response).posted(address)["note-text"] == [NOTE["note-text"]]


def test_the_words_are_blanked_when_somebody_leaves_the_page(client, form):
    assert "data-private" in Page(client.post(*form)).all("body")[0].attrs


def test_nothing_typed_by_nobody_is_kept_on_the_server(client, form):
    response = client.post(*form)
    assert not client.session.keys()
    assert response.headers["Cache-Control"] == "no-store, private"


def test_whoever_opens_the_page_without_signing_in_is_asked_to(client, form):
    assert client.get(form[0]).url == f"/accounts/login/?next={form[0]}"


# --- A database that is locked or gone ----------------------------------------------------------------------------


class Gone:
    """The database answers so many queries, and then none."""

    def __init__(self, after):
        self.left, self.asked_in_vain = after, []

    def __call__(self, execute, sql, params, many, context):
        if self.left == 0:
            self.asked_in_vain.append(sql)
            raise OperationalError("database is locked")
        self.left -= 1
        return execute(sql, params, many, context)


def post(browser, form, queries):
    gone = Gone(queries)
    with connection.execute_wrapper(gone):
        return browser.post(*form), gone


@pytest.fixture
def browser(sign_in):
    browser = sign_in("asha")
    browser.raise_request_exception = False
    return browser


@pytest.mark.django_db(transaction=True)
def test_whenever_the_database_goes_nothing_is_stored_and_the_words_are_there(browser, form):
    before, what = stored(), {"report": "card", "note": "note", "told": "line"}[form[0].split("/")[-2]]
    for queries in range(100):
        response, gone = post(browser, form, queries)
        if not gone.asked_in_vain:
            break
        page = kept(response, form)
        assert (response.status_code, stored()) == (503, before), gone.asked_in_vain
        assert f"Your {what} is not stored. Nobody can see it." in page.text
        assert "tel:101" in [link["href"] for link in page.by_id("main-content").all("a")]
        assert all(sql.startswith("ROLLBACK") for sql in gone.asked_in_vain[1:]), "it asked again for the page"
    assert (response.status_code, queries > 8) == (302, True)
    whole = {"card": [1, 0, 2, 1, 6, 1], "note": [1, 1, 4, 2, 5, 2], "line": [1, 0, 2, 1, 4, 2]}
    assert stored() == whole[what]


@pytest.mark.django_db(transaction=True)
def test_a_commit_that_fails_stores_nothing_and_keeps_the_words(browser, form, monkeypatch):
    before = stored()
    with monkeypatch.context() as patch:
        patch.setattr(connection, "_commit", lambda: Gone(0)(None, "COMMIT", None, False, {}))
        response = browser.post(*form)
    kept(response, form)
    assert (response.status_code, stored()) == (503, before)
    assert browser.post(*form).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_database_that_cannot_be_reached_keeps_the_words(browser, form, monkeypatch):
    connection.close()
    with monkeypatch.context() as patch:
        patch.setattr(connection, "get_new_connection", lambda params: Gone(0)(None, "", None, False, {}))
        response = browser.post(*form)
        kept(response, form)
        assert response.status_code == 503
        assert browser.get("/report/").status_code == 500
    assert browser.post(*form).status_code == 302


def test_a_fault_of_ours_keeps_the_words(browser, form, monkeypatch):
    for verb in ("submit", "add_note", "record_told"):
        monkeypatch.setattr(f"concerns.actions.{verb}", lambda **kwargs: 1 / 0)
    response = browser.post(*form)
    kept(response, form)
    assert response.status_code == 503


def test_where_even_that_page_fails_there_is_still_a_plain_one(browser, signed, monkeypatch):
    monkeypatch.setattr(sheets, "_rows_open", lambda rows: 1 / 0)
    response, _ = post(browser, signed, 0)
    assert response.status_code == 500
    assert "take it as not stored" in Page(response).text


def test_the_plain_page_has_the_numbers_and_needs_no_database(browser):
    response, gone = post(browser, ("/people/invite/",), 0)
    page = Page(response)
    assert (response.status_code, len(gone.asked_in_vain)) == (500, 1)
    assert {"tel:999", "tel:101", "sms:61016"} <= {link["href"] for link in page.all("a")}


def test_what_went_wrong_with_one_concern_is_not_told_of_another(cast, browser, note, monkeypatch):
    other = send_card(cast["stan"])
    response = browser.post(f"/concerns/{other}/note/", note[1])
    assert response.status_code == 404
