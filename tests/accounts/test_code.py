"""A code by e-mail instead of a password: for the forgetful and the locked out, at any hour."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from tests.accounts.conftest import code, sign_in, who, words

ASK, CONFIRM = "/accounts/login/code/", "/accounts/login/code/confirm/"


def ask(client, name):
    return client.post(ASK, {"email": name}, follow=True)


@pytest.mark.parametrize("name", ["kit@brightkeep.example", "Kit@Brightkeep.example", "B17", "b17"])
def test_a_code_signs_in(client, kit, name):
    ask(client, name)
    assert mail.outbox[-1].to == ["kit@brightkeep.example"]
    client.post(CONFIRM, {"code": code().lower().replace("-", " ")})
    assert who(client) == kit


def test_the_second_button_of_the_sign_in_page_sends_it_at_once(client, kit):
    assert f'formaction="{ASK}"' in client.get("/accounts/login/").content.decode()
    answer = client.post(ASK, {"login": "B17", "password": "", "next": "/me/"})
    assert answer["Location"] == f"{CONFIRM}?next=%2Fme%2F"
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("name", ["nobody@brightkeep.example", "B99", "no such thing"])
def test_somebody_unknown_sees_the_same_page(client, kit, name):
    unknown = ask(client, name)
    assert not mail.outbox
    client.cookies.clear()
    assert words(ask(client, "B17")) == words(unknown)


def test_the_page_does_not_show_whose_address_it_is(client, kit):
    assert kit.email not in ask(client, "B17").content.decode()


def test_a_leaver_gets_no_code(client, kit):
    User.objects.filter(pk=kit.pk).update(is_active=False)
    ask(client, "B17")
    assert not mail.outbox


def test_a_leaver_does_not_use_the_code_they_had(client, kit):
    ask(client, "B17")
    User.objects.filter(pk=kit.pk).update(is_active=False)
    client.post(CONFIRM, {"code": code()})
    assert who(client) is None


def test_without_an_address_there_is_no_code_and_no_difference(client, kit):
    User.objects.create_user(name="Lee", staff_number="B18", role=Role.GUARD, organisation=kit.organisation)
    assert words(ask(client, "B18")) == words(ask(client, "B99"))
    assert not mail.outbox


def test_a_wrong_code_may_be_typed_again(client, kit):
    ask(client, "B17")
    assert "This code is not right" in words(client.post(CONFIRM, {"code": "BBBB-BBBB"}))
    client.post(CONFIRM, {"code": code()})
    assert who(client) == kit


def test_five_wrong_codes_end_it(client, kit):
    ask(client, "B17")
    for _ in range(5):
        client.post(CONFIRM, {"code": "BBBB-BBBB"})
    client.post(CONFIRM, {"code": code()})
    assert who(client) is None


def test_a_code_is_for_the_browser_that_asked(client, kit):
    ask(client, "B17")
    client.cookies.clear()
    client.post(CONFIRM, {"code": code()})
    assert who(client) is None


def test_a_code_works_for_fifteen_minutes(client, kit, monkeypatch):
    ask(client, "B17")
    later = (timezone.now() + timedelta(minutes=16)).timestamp()
    monkeypatch.setattr("time.time", lambda: later)
    client.post(CONFIRM, {"code": code()})
    assert who(client) is None


def test_another_code_can_be_asked_for(client, kit):
    ask(client, "B17")
    first = code()
    assert "Send another code" in words(client.get(CONFIRM))
    client.post(CONFIRM, {"action": "resend"})
    assert code() != first
    client.post(CONFIRM, {"code": code()})
    assert who(client) == kit


def test_one_can_start_again(client, kit):
    ask(client, "B17")
    assert client.get("/accounts/login/")["Location"] == CONFIRM
    client.post("/accounts/logout/", {"next": "/accounts/login/"})
    assert sign_in(client, "B17").status_code == 302
    assert who(client) == kit


@pytest.mark.parametrize("name", ["B17", "B99"])
def test_a_mail_server_that_is_down_tells_nothing(client, kit, monkeypatch, name):
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    answer = ask(client, name)
    assert answer.status_code == 200
    assert "a code is on its way" in words(answer)


def refuse(*args, **kwargs):
    raise ConnectionRefusedError


def test_the_code_leaves_after_the_answer(rf, kit, monkeypatch):
    from accounts.middleware import after_answer

    done = []

    def view(request):
        from django.http import HttpResponse

        request.after_answer.append(lambda: done.append("mail"))
        return HttpResponse("answer")

    response = after_answer(view)(rf.get("/"))
    assert not done
    response.close()
    assert done == ["mail"]


def test_the_words_of_the_code_are_plain(client, kit):
    ask(client, "B17")
    message = mail.outbox[-1]
    assert message.subject == "CSE Reports: your sign-in code"
    assert code() not in message.subject
    assert "It works for 15 minutes" in message.body
