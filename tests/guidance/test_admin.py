import pytest
from django.core.exceptions import ValidationError

from guidance.models import Helpline

FACTS = {
    "name": "A line",
    "group": "others",
    "number": "101",
    "when_to_use": "Now.",
    "who_for": "anybody",
    "area": "uk",
}


@pytest.fixture
def ada(client, cast, guidance):
    client.force_login(cast["ada"])
    return client


def test_an_admin_adds_and_hides_a_helpline(ada):
    assert ada.post("/admin/guidance/helpline/add/", FACTS | {"position": 5, "is_shown": "on"}).status_code == 302
    line = Helpline.objects.shown().get(name="A line")
    assert ada.post(f"/admin/guidance/helpline/{line.pk}/change/", FACTS | {"position": 5}).status_code == 302
    assert not Helpline.objects.shown().filter(name="A line").exists()


def test_nobody_deletes_a_helpline_or_a_page(ada):
    line = Helpline.objects.first()
    assert ada.post(f"/admin/guidance/helpline/{line.pk}/delete/", {"post": "yes"}).status_code == 403
    ada.post("/admin/guidance/helpline/", {"action": "delete_selected", "_selected_action": line.pk, "post": "yes"})
    assert Helpline.objects.filter(pk=line.pk).exists()
    assert ada.get("/admin/guidance/page/add/").status_code == 403


def test_pages_are_only_a_way_to_the_site(ada):
    assert "/guidance/what-to-do/edit/" in ada.get("/admin/guidance/page/").text


def test_a_helpline_that_cannot_be_reached_gets_a_sentence(ada):
    response = ada.post("/admin/guidance/helpline/add/", FACTS | {"position": 5, "number": ""})
    assert "Enter a number to ring or text, a web address or an e-mail address." in response.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": ""},
        {"number": "call us"},
        {"number": "101;ext=1"},
        {"text_number": "javascript:1"},
        {"web_address": "http://a.example"},
        {"web_address": "javascript:alert(1)"},
        {"email": "nobody"},
    ],
)
def test_what_cannot_be_dialled_texted_or_opened_is_refused(db, wrong):
    with pytest.raises(ValidationError):
        Helpline(**FACTS | wrong).full_clean()


@pytest.mark.parametrize("number", ["999", "101", "61016", "18001 101", "+44 20 7946 0100", "116 000"])
def test_short_codes_are_numbers_here(db, number):
    Helpline(**FACTS | {"number": number}).full_clean()
