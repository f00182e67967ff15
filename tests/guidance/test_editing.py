import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from guidance import actions
from guidance.models import Page, Version

EDIT = "/guidance/what-to-do/edit/"
TYPED = {
    "title": "What to do",
    "summary": "And what not",
    "body": "Ring **first**.\n\n## Do\n\n- Write it down.",
    "after": "1",
}


@pytest.fixture
def ada(client, cast, what_to_do):
    client.force_login(cast["ada"])
    return client


@pytest.fixture
def bert(cast):
    """A second admin."""
    client = Client()
    client.force_login(User.objects.create_user(name="Bert Osei", email="bert@demo.example", role=Role.ADMIN))
    return client


def post(client, verb="publish", **changed):
    return client.post(EDIT, TYPED | {verb: ""} | changed)


class Boxes(HTMLParser):
    """{name: what stands in it} for the boxes of a page, as a browser would send them back."""

    def __init__(self, page):
        super().__init__()
        self.values, self.name = {}, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.name = dict(attributes).get("name") if tag == "textarea" else None
        if tag == "input" and "name" in dict(attributes):
            self.values[dict(attributes)["name"]] = dict(attributes).get("value", "")

    def handle_data(self, data):
        if self.name:
            self.values[self.name] = self.values.get(self.name, "") + data

    def handle_endtag(self, tag):
        if tag == "textarea" and self.name:
            self.values[self.name] = self.values.get(self.name, "").removeprefix("\n")
            self.name = None


def typed_in(response, field):
    return Boxes(response.text).values[field]


def test_the_form_opens_on_what_everybody_reads(ada, what_to_do):
    response = ada.get(EDIT)
    assert typed_in(response, "body") == what_to_do.current.body
    assert typed_in(response, "after") == "1"


def test_preview_shows_it_as_published_keeps_it_and_publishes_nothing(ada):
    response = post(ada, "preview")
    assert "<strong>first</strong>" in response.text
    assert 'class="govuk-list govuk-list--bullet govuk-list--spaced cse-do"' in response.text
    assert typed_in(response, "body") == TYPED["body"]
    assert Version.objects.filter(page__slug="what-to-do").count() == 1


def test_what_was_previewed_is_what_is_published(ada):
    shown = re.search(r'<h1 class="govuk-heading-l">What to do</h1>.*?</ul>', post(ada, "preview").text, re.DOTALL)[0]
    assert shown in ada.get(post(ada).url).text


def test_publishing_keeps_a_version_with_its_author_and_time(ada, cast, what_to_do):
    assert post(ada).url == what_to_do.get_absolute_url()
    version = what_to_do.versions.first()
    assert (version.number, version.author, version.title) == (2, cast["ada"], "What to do")
    assert Page.objects.get(slug="what-to-do").current == version
    assert "Ring <strong>first</strong>" in Client().get(what_to_do.get_absolute_url()).text


def test_the_same_text_twice_is_one_version(ada, what_to_do):
    assert [post(ada).status_code, post(ada).status_code] == [302, 302]
    assert what_to_do.versions.count() == 2


def test_enter_in_a_box_previews_it_does_not_publish(ada):
    assert re.findall(r'<button [^>]*name="(\w+)"', ada.get(EDIT).text) == ["preview", "publish"]


# --- Two admins -------------------------------------------------------------------------------------------------------


def test_the_second_of_two_admins_is_told_who_and_when_and_loses_nothing(ada, bert, what_to_do):
    post(bert, body="Bert’s words")
    response = post(ada)
    assert response.status_code == 409
    assert "Bert Osei published version 2 on" in response.text
    assert "Bert’s words" in response.text
    assert typed_in(response, "body") == TYPED["body"]
    assert what_to_do.versions.count() == 2


def test_the_second_may_then_publish_on_purpose(ada, bert, what_to_do):
    post(bert, body="Bert’s words")
    assert post(ada, after=typed_in(post(ada), "after")).status_code == 302
    assert [version.body for version in what_to_do.versions.all()][:2] == [TYPED["body"], "Bert’s words"]


def test_on_purpose_holds_only_until_somebody_publishes_again(ada, bert):
    post(bert, body="Bert’s words")
    after = typed_in(post(ada), "after")
    post(bert, body="Bert’s other words", after="2")
    response = post(ada, after=after)
    assert response.status_code == 409
    assert "Bert’s other words" in response.text


@pytest.mark.parametrize("after", ["", "x", "-1", "0", "2", "1.0", "9" * 400, "١"])
def test_a_forged_number_publishes_nothing_and_loses_nothing(ada, what_to_do, after):
    response = post(ada, after=after)
    assert response.status_code == 409
    assert typed_in(response, "body") == TYPED["body"]
    assert what_to_do.versions.count() == 1


def test_two_publications_at_once_cannot_both_be_the_next(what_to_do):
    row = {"page": what_to_do, "number": 2, "title": "a", "summary": "b", "body": "c"}
    Version.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(**row)


def test_publishing_on_an_old_version_stores_nothing(what_to_do, cast):
    with pytest.raises(actions.Superseded):
        actions.publish(page=what_to_do, title="a", summary="b", body="c", by=cast["ada"], after=0)
    assert what_to_do.versions.count() == 1


# --- Bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["preview", "publish"])
@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"body": ""}, "Enter the text of the page."),
        ({"body": " \r\n\t "}, "Enter the text of the page."),
        ({"title": ""}, "Enter a title."),
        ({"summary": ""}, "Enter a summary."),
        ({"body": "x" * 50_001}, "Shorten this by 1: it may have 50,000 characters at most."),
        ({"title": "x" * 81}, "Shorten this by 1: it may have 80 characters at most."),
        ({"title": "a\nb"}, "Keep this to one line."),
        ({"body": "before\x00after"}, "Take out the characters that cannot be seen"),
        ({"body": "a\x1b[31mb"}, "Take out the characters that cannot be seen"),
        ({"title": "a\x00b"}, "Take out the characters that cannot be seen"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(ada, what_to_do, verb, changed, sentence):
    response = post(ada, verb, **changed)
    assert response.status_code == 200
    assert response.text.count(sentence) == 2  # on top, and at the box
    for field, value in (TYPED | changed).items():
        assert typed_in(response, field) == value
    assert what_to_do.versions.count() == 1


def test_a_line_end_counts_once(ada, what_to_do):
    assert post(ada, body="x\r\n" * 24_999 + "xx").status_code == 302
    assert len(what_to_do.versions.first().body) == 50_000


def test_nothing_missing_is_guessed(ada):
    response = ada.post(EDIT, {"publish": ""})
    assert response.text.count("Enter a title.") == 2


def test_emoji_arabic_welsh_and_markup_are_kept_to_the_letter(ada, what_to_do):
    body = "🚨 اتصل الآن ŵyr <b>bold</b> &amp; \u202eabc"
    post(ada, body=body)
    assert what_to_do.versions.first().body == body
    assert "&lt;b&gt;bold&lt;/b&gt; &amp;amp;" in ada.get(what_to_do.get_absolute_url()).text


# --- Who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["asha", "moss", "hana", "lena", "cole", "priya", "stan"])
def test_nobody_but_an_admin_edits_or_reads_versions(client, cast, what_to_do, who):
    client.force_login(cast[who])
    assert client.get(EDIT).status_code == 403
    assert post(client).status_code == 403
    assert post(client, "preview").status_code == 403
    assert client.get("/guidance/what-to-do/versions/").status_code == 403
    assert client.get("/guidance/what-to-do/versions/1/").status_code == 403
    assert what_to_do.versions.count() == 1


def test_an_admin_lists_versions_and_opens_one(ada):
    post(ada)
    listed = ada.get("/guidance/what-to-do/versions/").text
    assert "Published by Ada on" in listed
    assert "Published by CSE Reports on" in listed
    assert "Confront, accuse or follow" in ada.get("/guidance/what-to-do/versions/1/").text


def test_somebody_who_is_not_signed_in_is_sent_to_sign_in(client, what_to_do):
    for address in [EDIT, "/guidance/what-to-do/versions/", "/guidance/what-to-do/versions/1/"]:
        assert client.get(address).url == f"{reverse('account_login')}?next={address}"


# --- A session that ran out -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["preview", "publish"])
def test_a_session_that_ran_out_loses_no_word_and_publishes_nothing(client, what_to_do, verb):
    response = post(client, verb)
    assert response.status_code == 403
    assert "Sign in in a new tab" in response.text
    assert all(typed_in(response, field) == value for field, value in TYPED.items())
    assert what_to_do.versions.count() == 1


def test_signing_in_anew_then_publishing_retypes_nothing(cast, what_to_do):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast["ada"])
    token = typed_in(browser.get(EDIT), "csrfmiddlewaretoken")
    browser.cookies["csrftoken"] = "a" * 32  # what signing in again does to the token of an open form
    refused = post(browser, csrfmiddlewaretoken=token)
    assert (refused.status_code, typed_in(refused, "body")) == (403, TYPED["body"])
    assert what_to_do.versions.count() == 1
    assert post(browser, csrfmiddlewaretoken=typed_in(refused, "csrfmiddlewaretoken")).status_code == 302
    assert what_to_do.versions.count() == 2


def test_a_form_of_another_site_publishes_nothing(cast, what_to_do):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast["ada"])
    assert post(browser).status_code == 403
    assert what_to_do.versions.count() == 1


# --- Versions are only ever added -------------------------------------------------------------------------------------


def test_a_version_is_never_changed_or_deleted(what_to_do):
    version = what_to_do.current
    for attempt in (
        version.save,
        version.delete,
        Version.objects.all().delete,
        lambda: Version.objects.update(body="x"),
    ):
        with pytest.raises(TypeError):
            attempt()
    assert Version.objects.get(pk=version.pk).body == version.body


@pytest.mark.parametrize("empty", ["title", "summary", "body"])
def test_the_database_refuses_a_version_that_says_nothing(what_to_do, empty):
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(page=what_to_do, number=2, **{"title": "a", "summary": "b", "body": "c"} | {empty: ""})


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_publish_at_once_one_does_and_the_rest_are_told():
    page = Page.objects.create(slug="crowded")

    def publish(words):
        try:
            return actions.publish(page=page, title="a", summary="b", body=words, by=None, after=0).number
        except actions.Superseded:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as crowd:
        results = list(crowd.map(publish, "abcdefgh"))
    assert sorted(results, key=str) == [1, *[None] * 7]
    assert page.versions.count() == 1
