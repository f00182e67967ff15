"""The page frame, the error pages and the form pack: what every page stands on."""

import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve, reverse

from accounts.context_processors import menu
from cse_reports import views

ERROR_PAGES = ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"]
PLAIN_PAGES = [*ERROR_PAGES, "privacy.html", "accessibility.html"]
NUMBERS = ["tel:999", "tel:101", "sms:61016", "tel:0800405040"]
MARKUP = '<b onclick="x()">&"\''


class Questions(forms.Form):
    name = forms.CharField(label="Name", help_text="As on your badge.", error_messages={"required": "Enter a name"})
    email = forms.EmailField(label="E-mail")
    phone = forms.CharField(
        label="Phone", widget=forms.TextInput(attrs={"type": "tel", "class": "govuk-input--width-20"})
    )
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    account = forms.CharField(label="Account", help_text="Any language.", widget=forms.Textarea)
    site = forms.ChoiceField(label="Site", choices=[("", "Choose"), ("a", "Station")])
    urgency = forms.ChoiceField(
        label="Urgency",
        help_text="Not sure? Choose yes.",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
    )
    about = forms.MultipleChoiceField(
        label="About", choices=[("no", "No"), ("site", "Site")], widget=forms.CheckboxSelectMultiple
    )
    sure = forms.BooleanField(label="Sure", help_text="Quite sure.")
    file = forms.FileField(label="File")
    key = forms.CharField(widget=forms.HiddenInput)


def rendered(source, **context):
    return Template("{% load crispy_forms_tags %}" + source).render(Context(context))


def one(name, data=None, **kwargs):
    """The markup of one question of the form above, with its white space made plain."""
    return re.sub(r"\s+", " ", rendered("{{ field|as_crispy_field }}", field=Questions(data, **kwargs)[name]))


def summary(form, **context):
    return render_to_string("partials/_errors.html", {"form": form, **context})


# --- the pack


@pytest.mark.parametrize("name", ["name", "email", "phone", "account", "site", "password", "file", "sure"])
def test_a_label_belongs_to_its_box(name):
    html = one(name)
    assert f'for="id_{name}"' in html
    assert html.count(f'id="id_{name}"') == 1


@pytest.mark.parametrize(
    ("name", "css"),
    [
        ("name", "govuk-input"),
        ("email", "govuk-input"),
        ("phone", "govuk-input"),
        ("password", "govuk-password-input__input"),
        ("account", "govuk-textarea"),
        ("site", "govuk-select"),
        ("sure", "govuk-checkboxes__input"),
        ("file", "govuk-file-upload"),
    ],
)
def test_each_kind_of_box_has_its_class(name, css):
    box = re.search(rf'<(?:input|select|textarea)[^>]*id="id_{name}"[^>]*>', one(name))[0]
    assert re.search(rf'class="[^"]*\b{css}\b', box)


def test_a_class_of_the_form_is_kept():
    assert "govuk-input--width-20" in one("phone")
    assert 'class="govuk-radios govuk-radios--small"' in one("urgency")


@pytest.mark.parametrize("name", ["name", "account", "sure"])
def test_a_hint_is_read_with_its_box(name):
    html = one(name)
    assert f'id="id_{name}_helptext"' in html
    assert f'aria-describedby="id_{name}_helptext"' in html


def test_an_error_is_read_with_its_box_after_the_hint():
    html = one("name", {})
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert '<p id="id_name_error" class="govuk-error-message">' in html
    assert '<span class="govuk-visually-hidden">Error:</span> Enter a name' in html


@pytest.mark.parametrize("name", ["name", "email", "phone", "password", "account", "site", "file"])
def test_a_wrong_box_is_marked_and_so_is_its_group(name):
    html = one(name, {})
    assert "govuk-form-group--error" in html
    assert re.search(r"govuk-(input|textarea|select|file-upload)--error", html)


@pytest.mark.parametrize(("name", "kind"), [("urgency", "radios"), ("about", "checkboxes")])
def test_choices_stand_in_a_fieldset_with_their_question(name, kind):
    html = one(name, {})
    assert f'aria-describedby="{Questions({})[name].aria_describedby}"' in html
    assert f'<legend class="govuk-fieldset__legend">{name.title()}</legend>' in html
    assert html.count(f'class="govuk-{kind}__input"') == html.count(f'class="govuk-label govuk-{kind}__label"') == 2
    assert f'id="id_{name}_0"' in html
    assert f'for="id_{name}_1"' in html


def test_choices_that_were_made_are_still_made():
    html = one("about", {"about": ["site"]})
    assert re.search(r'value="site"[^>]* checked', html)
    assert not re.search(r'value="no"[^>]* checked', html)


def test_an_id_prefix_is_followed_everywhere():
    html = one("name", {}, prefix="people-3", auto_id="%s")
    assert 'for="people-3-name"' in html
    assert 'id="people-3-name_error"' in html


def test_a_password_can_be_shown_and_is_never_sent_back():
    html = one("password", {"password": "secret-words"})
    assert 'data-module="govuk-password-input"' in html
    assert 'aria-controls="id_password"' in html
    assert "secret-words" not in html


@pytest.mark.parametrize("name", ["name", "email", "phone", "account"])
def test_what_was_typed_is_kept_to_the_letter_and_inert(name):
    html = one(name, {name: MARKUP})
    assert "<b onclick" not in html
    assert "&lt;b onclick=&quot;x()&quot;&gt;&amp;&quot;&#x27;" in html


def test_labels_choices_and_errors_are_inert():
    form = Questions({"name": "", "site": "a"})
    form.fields["urgency"].choices = [(MARKUP, MARKUP)]
    form.fields["urgency"].label = form.fields["name"].help_text = MARKUP
    form.add_error("name", MARKUP)
    form.add_error(None, MARKUP)
    assert "<b onclick" not in rendered("{{ form|crispy }}", form=form) + summary(form, intro=MARKUP)


def test_a_whole_form_asks_everything_once_and_keeps_hidden_fields():
    html = rendered("{{ form|crispy }}", form=Questions())
    assert all(f'name="{name}"' in html for name in Questions.base_fields)
    assert html.count("govuk-form-group") == len(Questions.base_fields) - 1
    assert "<form" not in html


def test_the_crispy_tag_makes_a_form_that_posts_safely():
    html = rendered("{% crispy form %}", form=Questions({}), csrf_token="token")
    assert 'method="post" enctype="multipart/form-data" novalidate>' in html
    assert 'name="csrfmiddlewaretoken" value="token"' in html
    assert "There is a problem" in html


def test_a_set_of_forms_carries_its_count_and_each_form():
    people = forms.formset_factory(Questions, extra=2)(prefix="people")
    html = rendered("{{ formset|crispy }}", formset=people)
    assert 'name="people-TOTAL_FORMS" value="2"' in html
    assert 'name="people-1-name"' in html


# --- the summary of errors


def test_no_error_no_summary():
    assert not summary(Questions()).strip()


def test_each_error_leads_to_its_box_or_first_choice():
    form = Questions({})
    page = rendered("{{ form|crispy }}", form=form)
    targets = re.findall(r'href="#([^"]+)"', summary(form))
    assert len(targets) == len(form.errors)
    assert {"id_name", "id_site", "id_urgency_0", "id_about_0", "id_sure"} <= set(targets)
    assert all(page.count(f'id="{target}"') == 1 for target in targets)


def test_an_error_of_the_whole_form_is_said_too():
    form = Questions({})
    form.add_error(None, "This card was already sent.")
    assert "<li>This card was already sent.</li>" in summary(form, intro="Nothing was sent.")


def test_errors_in_rows_lead_to_their_row():
    people = forms.formset_factory(Questions)({"people-TOTAL_FORMS": 1, "people-INITIAL_FORMS": 0}, prefix="people")
    people.forms[0].empty_permitted = False
    html = summary(forms.Form({}), formsets=[people])
    assert 'href="#id_people-0-name">Enter a name' in html


# --- the frame


@pytest.mark.parametrize("page", PLAIN_PAGES)
def test_a_page_stands_without_request_person_or_database(page):
    html = render_to_string(page)  # no fixture asks for a database: touching it would raise
    assert all(f'href="{number}"' in html for number in NUMBERS)
    assert re.search(r"<title>[^<]{3,} – CSE Reports</title>", html)
    assert "<h1" in html
    assert "data-private" not in html
    assert "data-leave" not in html


@pytest.mark.parametrize(
    ("handler", "status"), [("bad_request", 400), ("permission_denied", 403), ("page_not_found", 404)]
)
def test_an_error_is_answered_with_its_status(handler, status):
    response = getattr(views, handler)(RequestFactory().get("/anything/"), Exception("secret detail"))
    assert response.status_code == status
    assert b"secret detail" not in response.content


def test_a_missing_page_never_says_what_it_would_have_been():
    assert "anything" not in views.page_not_found(RequestFactory().get("/anything/"), Exception()).content.decode()


@pytest.mark.parametrize("name", ["privacy", "accessibility"])
def test_what_everybody_may_read_needs_no_sign_in(client, name):
    assert client.get(reverse(name)).status_code == 200


def test_a_page_with_data_can_be_left_and_blanks_itself():
    html = render_to_string("base.html", {"private": True})
    assert '<body class="govuk-template__body" data-private>' in html
    assert re.search(rf'href="{reverse("guidance:index")}"[^>]* data-leave>Leave this page', html)


def test_nothing_on_a_page_needs_an_inline_script_or_style():
    for path in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        source = path.read_text()
        scripts = re.findall(r"<script[^>]*>", source)  # data for a script, as JSON, is not run
        assert all(" src=" in tag or 'type="application/json"' in tag for tag in scripts), path
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", source), path


def test_a_message_is_shown_inert_and_by_its_kind():
    html = render_to_string("base.html", {"messages": [Message(25, f"Sent {MARKUP}"), Message(40, "Not sent")]})
    assert "govuk-notification-banner--success" in html
    assert "cse-refused" in html
    assert "<b onclick" not in html


# --- the menu


def menu_of(user, path="/"):
    request = RequestFactory().get(path)
    request.user = user
    return [item["text"] for item in menu(request)["menu"]]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("asha", ["Home", "Report", "Guidance", "Asha"]),
        ("moss", ["Queue", "Report", "People", "Guidance", "Moss"]),
        ("hana", ["Queue", "Report", "Figures", "Guidance", "Hana"]),
        ("lena", ["Queue", "Report", "Guidance", "Lena"]),
        ("cole", ["Queue", "Guidance", "Cole"]),
        ("priya", ["Queue", "Guidance", "Priya"]),
        ("ada", ["Admin", "Guidance", "Ada"]),
    ],
)
def test_a_menu_holds_what_the_person_may_do(cast, who, expected):
    assert menu_of(cast[who]) == expected


def test_the_menu_needs_neither_person_nor_database():
    assert not menu(RequestFactory().get("/"))["menu"]


@pytest.mark.parametrize(
    ("here", "expected"),
    [
        ("report", {"Report": "page"}),
        ("guidance:helplines", {"Guidance": "true"}),
        ("privacy", {}),
        ("home", {"Home": "page"}),
    ],
)
def test_the_menu_says_where_one_is(cast, here, expected):
    request = RequestFactory().get(reverse(here))
    request.user, request.resolver_match = cast["asha"], resolve(reverse(here))
    assert {item["text"]: item["current"] for item in menu(request)["menu"] if item["current"]} == expected


def test_a_signed_in_page_shows_the_menu_and_can_be_left(client, cast):
    client.force_login(cast["asha"])
    html = client.get(reverse("privacy")).content.decode()
    assert "Your account: </span>Asha" in html
    assert "data-private" in html
    assert "data-leave" in html
