"""No word of a card outside its own page: not in the database, a log, an error mail, a session, a cache or a cookie."""

import io
import logging
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core import mail
from django.core.management import call_command
from django.db import DataError, connection
from django.test import Client

from accounts.models import Site
from concerns.encryption import encrypted_fields
from concerns.models import (
    Answer,
    Concern,
    Decision,
    Delivery,
    Footage,
    Note,
    PersonSeen,
    Question,
    VehicleSeen,
)
from tests.pages import typed_fully

CANARY, NUMBER = "CANARY7Q", "02079460999"
NOTE = {
    "note-text": f"{CANARY} note",
    "note-about": "site",
    "people-0-name": f"{CANARY} Kez",
    "vehicles-0-mark": CANARY,
}
TOLD = {"told_whom": f"{CANARY} Dee", "told_at": "2320"}
TELL = {"how": "101", "whom": f"{CANARY} Kim", "at": "2320", "log": f"{CANARY} 412"}
HOLD = {"officer": f"{CANARY} Pell", "reference": CANARY, "until_time": CANARY, "until_on-day": CANARY}
SAVED = {"whom": f"{CANARY} Jo", "where": f"{CANARY} safe", "clock": "2320"}
SAVED |= {"on-day": "21", "on-month": "11", "on-year": "2026"}
OPENED = ["/", "/concerns/{}/", "/concerns/{}/print/", "/concerns/{}/sent/", "/concerns/{}/script/"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


@pytest.fixture
def card(cast):
    """A card with a canary in every box that takes words, and a number of its own."""
    full = typed_fully(Site.objects.get(name="Quillgate Shopping Centre"))
    return {name: value.replace("the ", f"{CANARY} ") for name, value in full.items() if isinstance(value, str)} | {
        "about": ["site"],
        "phone": NUMBER,
    }


@pytest.fixture
def written(settings):
    """All that the service's own handlers write: what stands in the logs."""
    logs = io.StringIO()
    handlers = {handler for name in ("", "django") for handler in logging.getLogger(name).handlers}
    ours = [handler for handler in handlers if type(handler) is logging.StreamHandler]
    assert ours, "the service writes no log"
    before = [handler.setStream(logs) for handler in ours]
    settings.ADMINS = [("", "ops@example.org")]
    yield logs
    for handler, stream in zip(ours, before, strict=True):
        handler.setStream(stream)


@pytest.fixture
def shared_cache(settings):
    """The cache as in real life, a table of the database."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
    call_command("createcachetable")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE cache")


class Day:
    """What people do with one card, and all that their browsers are given besides pages."""

    def __init__(self, cast, card):
        self.cast, self.card, self.given = cast, card, []

    def ask(self, who, method, address, data=None, **settings):
        browser = Client(raise_request_exception=False, **settings)
        if who:
            browser.force_login(self.cast[who])
        response = getattr(browser, method)(address, data)
        self.given += [browser.cookies.output(), str(response.headers)]
        return response

    def goes_well(self):
        assert self.ask("asha", "post", "/report/", self.card).status_code == 302
        concern = Concern.objects.get()
        assert self.ask("moss", "post", f"/concerns/{concern}/note/", NOTE).status_code == 302
        assert self.ask("asha", "post", f"/concerns/{concern}/told/", TOLD).status_code == 302
        assert self.ask("moss", "post", f"/concerns/{concern}/told/police/", TELL).status_code == 302
        assert self.ask("moss", "post", f"/concerns/{concern}/saved/", SAVED).status_code == 302
        self.ask("hana", "post", f"/concerns/{concern}/acknowledge/", {"writer": self.cast["hana"].pk, "x": CANARY})
        self.comes_to_its_end(concern)
        return concern

    def comes_to_its_end(self, concern):
        """Somebody asks, answers, passes it on, keeps it from somebody, proposes what came of it, and closes it."""
        decide = partial(self.decide, concern)
        decide("moss", "ask", text=f"{CANARY} asked")
        decide("asha", "answer", question=Question.objects.get().pk, text=f"{CANARY} said")
        decide("moss", "pass-on", person=self.cast["lena"].pk, reason=f"{CANARY} why")
        decide("hana", "keep-from", people=[self.cast["lena"].pk], text=f"{CANARY} why")
        decide("moss", "close", outcome="with_police", police_reference=f"{CANARY} 412")
        decide("hana", "close", outcome="innocent", checked_by=f"{CANARY} Dee", checked_how=f"{CANARY} how")

    def decide(self, concern, who, page, **typed):
        assert self.ask(who, "post", f"/concerns/{concern}/{page}/", typed).status_code == 302, page

    def is_read(self, concern):
        for who in ("asha", "moss", "priya", "cole", "stan"):
            for path in OPENED:
                self.ask(who, "get", path.format(concern))

    def goes_wrong(self, concern):
        """Everything again, wrongly: half filled in, by nobody, with a stale token, in the address."""
        forged = self.card | {"site": CANARY, "zone": CANARY, "natures": CANARY}
        for who, settings in (("asha", {}), (None, {}), ("stan", {}), ("asha", {"enforce_csrf_checks": True})):
            self.ask(who, "post", "/report/", self.card | {"urgency": "", "submission_key": CANARY}, **settings)
            self.ask(who, "post", "/report/", forged, **settings)
            self.ask(who, "post", f"/concerns/{concern}/note/", NOTE | {"note-about": CANARY}, **settings)
            self.ask(who, "post", f"/concerns/{concern}/told/", TOLD | {"told_at": CANARY}, **settings)
            self.ask(who, "post", f"/concerns/{concern}/told/police_call/", TELL | {"at": CANARY}, **settings)
            self.ask(who, "post", f"/concerns/{concern}/hold/", HOLD, **settings)
            self.ask(who, "post", f"/concerns/{concern}/hold/end/", {"reason": CANARY}, **settings)
            for page in ("ask", "answer", "release", "pass-on", "keep-from", "close"):
                names = ("text", "reason", "recipient", "person", "name", "checked_by", "duplicate_of")
                self.ask(who, "post", f"/concerns/{concern}/{page}/", dict.fromkeys(names, CANARY), **settings)
        for who in ("asha", "moss"):
            self.ask(who, "get", f"/concerns/find/?reference={CANARY}")
            self.ask(who, "get", f"/concerns/?after={CANARY}&urgency={CANARY}&site={CANARY}")


def rows_of_every_table():
    """Every value in the database, as the database holds it."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                yield table, " ".join(map(str, row))


def sings(text):
    return CANARY in text or CANARY.lower() in text.lower() or NUMBER[1:] in "".join(filter(str.isdigit, text))


def nothing_sings(day, logs):
    for table, row in rows_of_every_table():
        assert not sings(row), table
    for message in mail.outbox:
        assert not sings(f"{message.subject} {message.body} {message.attachments} {message.message()}")
    assert not sings(logs)
    assert not [given for given in day.given if sings(given)]


FAULTS = {
    "none": None,
    "the card": "concerns.actions.submit",
    "the note": "concerns.actions.add_note",
    "the call": "concerns.actions.record_told",
    "reading": "concerns.reading.whole_card",
    "a page": "concerns.facts.what_was_seen",
    "the form": "concerns.forms.CardForm.clean",
    "the rescue": "concerns.sheet.Sheet.unchecked",
    "the database": "",
}


def break_it(fault, monkeypatch):
    """From here on something is broken, and says what it was given."""

    def loudly(*args, **kwargs):
        raise ValueError(f"{CANARY} {args} {kwargs}")

    def refuse(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE")) and "concerns_" in sql:
            raise DataError(f"{CANARY} {sql} {params}\nDETAIL: Failing row contains ({params}).")
        return execute(sql, params, many, context)

    if FAULTS[fault]:
        monkeypatch.setattr(FAULTS[fault], loudly)
    return connection.execute_wrapper(refuse) if fault == "the database" else nullcontext()


@pytest.mark.parametrize("fault", FAULTS)
def test_no_word_of_a_card_is_anywhere_but_on_its_page(cast, card, written, shared_cache, monkeypatch, fault):
    day = Day(cast, card)
    concern = day.goes_well()
    with break_it(fault, monkeypatch):
        day.is_read(concern)
        day.goes_wrong(concern)
        for who in ("asha", "moss"):
            day.ask(who, "post", "/report/", card)
            day.ask(who, "post", f"/concerns/{concern}/note/", NOTE | {"people-0-name": f"{CANARY} Dee"})
            day.ask(who, "post", f"/concerns/{concern}/told/", TOLD)
            day.ask(who, "post", f"/concerns/{concern}/told/head_office/", TELL)
            day.ask(who, "post", f"/concerns/{concern}/saved/", SAVED)
    assert ("ERROR django.request" in written.getvalue()) == (fault != "none")
    nothing_sings(day, written.getvalue())


# --- The search finds what it looks for ---------------------------------------------------------------------------


def test_every_encrypted_column_had_a_canary_in_it(cast, card):
    Day(cast, card).goes_well()
    for model in (Concern, PersonSeen, VehicleSeen, Note, Decision, Question, Answer):
        for field in encrypted_fields(model):
            words = [getattr(row, field.name) for row in model.objects.all()]
            assert field.name == "about" or any(sings(text) for text in words), field
    assert any(sings(copy.told_whom or "") for copy in Delivery.objects.all())
    assert any(sings(copy.told_log or "") for copy in Delivery.objects.filter(recipient="police"))
    assert all(sings(kept.saved_whom) and sings(kept.saved_where) for kept in Footage.objects.all())


def test_a_fault_is_logged_and_mailed_with_the_place_and_without_the_words(cast, card, written, monkeypatch):
    day = Day(cast, card)
    concern = day.goes_well()
    monkeypatch.setattr("concerns.reading.whole_card", lambda *args, **kwargs: int(CANARY))
    assert day.ask("asha", "get", f"/concerns/{concern}/?x={CANARY}").status_code == 500
    for text in (written.getvalue(), mail.outbox[-1].body):
        assert f"Internal Server Error: /concerns/{concern}/" in text
        assert "concerns/actions/cards.py" in text
        assert "ValueError" in text
        assert not sings(text)
    assert mail.outbox[-1].to == ["ops@example.org"]


def test_a_word_in_clear_would_be_found(cast, card, written):
    day = Day(cast, card)
    day.goes_well()
    Site.objects.update(address=f"{CANARY} street")
    with pytest.raises(AssertionError, match="accounts_site"):
        nothing_sings(day, "")
    with pytest.raises(AssertionError):
        nothing_sings(day, f"somebody typed {CANARY}")


if "sqlite" in configured.DATABASES["default"]["ENGINE"]:  # PostgreSQL's files are not ours to read

    def test_the_files_of_the_database_hold_no_word(cast, card):
        concern = Day(cast, card).goes_well()
        name = connection.settings_dict["NAME"]
        files = b"".join(Path(f"{name}{suffix}").read_bytes() for suffix in ("", "-wal"))
        assert str(concern).replace("-", "").encode() in files
        assert CANARY.encode() not in files
