"""What is read out to the police: in the order in which they ask, and no more than they may know."""

from datetime import UTC, datetime
from itertools import product
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string

from accounts.models import Nation
from concerns import wording
from concerns.disclosure import Addition, Copy, Footage, KeptOut, Read, Reader, disclose
from concerns.models import PersonSeen, VehicleSeen
from concerns.reading import whole_card
from concerns.routing import Recipient, route, withheld
from concerns.script import script
from tests.cards import send_card
from tests.pages import Page

AT = datetime(2026, 11, 21, 22, 50, tzinfo=UTC)
WHEN = wording.moment(AT)  # with its year, once that is over
BRIGHTKEEP, WEXMOOR = "Brightkeep Security", "Wexmoor Police"
NAME, PHONE = "Asha Canary", "07700 900412"
NEVER = [
    "Signed Canary",
    "Moss Canary",
    "Dee Canary",
    "Reader Canary",
]  # who signed, who has it, whom they rang, who read

READERS = [
    *({reader} for reader in Reader if reader != Reader.DECIDES),
    {Reader.COMPANY, Reader.DECIDES},  # never without the other
    {Reader.AUTHOR, Reader.COMPANY},
    {Reader.AUTHOR, Reader.RELEASED},
]
WITH_AN_ACCOUNT = [readers for readers in READERS if readers != {Reader.CUSTOMER}]


class Station(SimpleNamespace):
    """A site as a card holds it."""

    def __init__(self, **changed):
        plain = {"address": "Station Approach, Wexmoor", "postcode": "ZZ9 1AA", "nation": Nation.ENGLAND}
        super().__init__(**plain | {"is_railway": True} | changed)

    def __str__(self):
        return "Wexmoor Parkway Station"


def copies(about=("no",), **statuses):
    """The copies of a card at a site that nobody has answered, but for these."""
    told = route(urgency="prompt", about=set(about))
    names = {"by": "Moss Canary", "whom": "Dee Canary"}
    return [
        Copy(who, BRIGHTKEEP, statuses.get(who, "waiting"), AT, AT, **names) for who in told if who != "police_call"
    ]


def kept_out(about, site=True, had=()):
    """Who of the usual three is shown nothing of a card about these."""
    usual = [Recipient.MANAGER, Recipient.HEAD_OFFICE, Recipient.CUSTOMER] if site else [Recipient.HEAD_OFFICE]
    return [KeptOut(who, False, who in had) for who in usual if who in withheld(about)]


def facts(**changed):
    """Everything about a card, every answer given."""
    note = Addition("He came back.", AT, "Signed Canary", "guard", BRIGHTKEEP, True, ["no"], people=[], vehicles=[])
    plain = {
        "reference": "7K3M-92QF",
        "urgency": "prompt",
        "site": Station(),
        "zone": "Platform 2",
        "place": "Bench by the stairs",
        "due_at": AT,
        "camera": "Camera 14",
        "camera_from": AT,
        "camera_until": None,
        "footage": Footage(kept_until=AT, days=7, days_are_known=True),
        "author_role": "guard",
        "company": BRIGHTKEEP,
        "company_phone": "020 7946 0100",
        "seen_at": AT,
        "until_at": None,
        "time_is_approximate": False,
        "written_at": AT,
        "received_at": AT,
        "still_there": "gone",
        "went": "Small grey car, towards the ring road",
        "natures": ["with_older", "missing"],
        "account": "A man sat down beside a boy.",
        "exact_words": "Man: “We have until half eleven.”",
        "basis": "self",
        "source": "",
        "doubts": False,
        "people": [PersonSeen(number=1, looks="13_15", sex="male", description="Slim, grey tracksuit")],
        "vehicles": [VehicleSeen(number=1, mark="AB5? ABC", make="Hatchback, dark grey")],
        "seen_before": "The grey car, twice",
        "witnesses": "Ticket clerk",
        "action_taken": "Stayed where they could see me",
        "police_called": False,
        "police_log": "",
        "police_may_ring": True,
        "police_may_know_name": True,
        "notes": [note],
        "about": ["no"],
        "author_name": NAME,
        "phone": PHONE,
        "signatures": True,
        "told": copies(changed.get("about", ["no"])),
        "kept_out": kept_out(changed.get("about", ["no"]), site=changed.get("site", True)),
        "others": True,
        "reads": [Read(AT, "Reader Canary", BRIGHTKEEP)],
    }
    return plain | changed


def read_out(readers=frozenset({Reader.COMPANY}), *, code_word="", is_author=False, **changed):
    """The script of a card as these readers see it."""
    card = disclose(facts(**changed), readers, organisation=BRIGHTKEEP, released_at=AT)
    return script(card, code_word=code_word, is_author=is_author)


def words(parts):
    return "\n".join([line for part in parts for line in (part.heading, *part.mind, *part.say)])


def part(heading, parts):
    return next((list(part.say) for part in parts if part.heading == heading), None)


# --- never more than the police may know


@pytest.mark.parametrize("is_author", [True, False])
@pytest.mark.parametrize("agreed", [True, False, None])
@pytest.mark.parametrize("readers", READERS)
def test_the_authors_name_is_said_only_where_they_agreed(readers, agreed, is_author):
    said = words(read_out(readers, police_may_know_name=agreed, is_author=is_author))
    assert (NAME in said) == (agreed is True and readers != {Reader.CUSTOMER})


@pytest.mark.parametrize("is_author", [True, False])
@pytest.mark.parametrize("agreed", [True, False, None])
@pytest.mark.parametrize("readers", READERS)
def test_the_authors_number_is_said_only_where_they_agreed(readers, agreed, is_author):
    said = words(read_out(readers, police_may_ring=agreed, is_author=is_author))
    assert (PHONE in said) == (agreed is True and readers != {Reader.CUSTOMER})


@pytest.mark.parametrize(("name", "ring"), list(product([True, False, None], repeat=2)))
@pytest.mark.parametrize("readers", READERS)
def test_nobody_elses_name_is_ever_said(readers, name, ring):
    said = words(read_out(readers, police_may_know_name=name, police_may_ring=ring))
    assert not [canary for canary in NEVER if canary in said]


def test_whoever_rings_is_warned_not_to_say_who_wrote_it():
    warning = "Do not say who wrote it, even if you know."
    assert warning in words(read_out(police_may_know_name=False))
    assert warning not in words(read_out(police_may_know_name=True))


def test_the_customer_has_nothing_to_read_out():
    assert read_out({Reader.CUSTOMER}) == []


def test_a_reader_who_may_not_know_who_is_involved_says_nothing_of_it():
    note = Addition("And a cleaner.", AT, "", "guard", BRIGHTKEEP, True, ["site"], people=[], vehicles=[])
    card = {"about": ["guard"], "notes": [note]}
    heading = "Is anybody who works there involved?"
    assert part(heading, read_out({Reader.RELEASED}, **card)) is None
    assert part(heading, read_out(**card)) == [
        "Somebody who works for the site may be involved.",
        "A guard or a security manager there may be involved.",
    ]


@pytest.mark.parametrize(("who", "about"), [("asha", "no"), ("moss", "no"), ("hana", "guard"), ("lena", "office")])
def test_each_at_the_company_reads_out_a_stored_card_without_its_authors_name(cast, who, about):
    stored = send_card(cast["asha"], about=[about], police_may_ring=False, phone="020 7946 0999")
    said = words(script(whole_card(stored, cast[who])))
    assert stored.account in said
    assert "Asha" not in said
    assert "0999" not in said


# --- in the order in which they ask


def test_a_whole_card_read_out():
    assert [(part.heading, list(part.say)) for part in read_out(code_word="Operation Makesafe")] == [
        (
            "What is it?",
            [
                "Operation Makesafe.",
                "I have a concern about a child. It may be child sexual exploitation.",
                "Our reference is 7K3M-92QF.",
            ],
        ),
        (
            "Where?",
            [
                "At Wexmoor Parkway Station, Platform 2.",
                "Bench by the stairs",
                "The address is Station Approach, Wexmoor, ZZ9 1AA.",
                "It is on the railway.",
            ],
        ),
        (
            "Are they still there?",
            [
                f"When this was written, on {WHEN}, they had gone.",
                "Small grey car, towards the ring road",
                f"It was seen on {WHEN}.",
            ],
        ),
        (
            "Is anybody in danger now?",
            ["It could not wait beyond this shift when it was written.", "A child may be missing."],
        ),
        ("Who?", ["Person 1\nLooks: 13–15\nSex: Male\nDescription: Slim, grey tracksuit"]),
        ("Is anybody who works there involved?", ["Nobody who works there, as far as the author knows."]),
        ("Which vehicles?", ["Vehicle 1\nRegistration: AB5? ABC\nWhat it was: Hatchback, dark grey"]),
        (
            "What happened?",
            [
                "A man sat down beside a boy.",
                "These words were spoken:",
                "Man: “We have until half eleven.”",
                "What kind of thing: Older person with a child, something felt wrong. Child may be missing",
                "Seen before: The grey car, twice",
                "Who else saw it: Ticket clerk",
                "What was done: Stayed where they could see me",
                f"Added {WHEN}:\nHe came back.",
            ],
        ),
        ("How is it known?", ["The person who wrote it saw or heard it."]),
        ("Is there footage?", ["Camera: Camera 14, 22:50", f"Nobody has saved it. It is overwritten on {WHEN}."]),
        (
            "Who reports it?",
            ["It was written by Asha Canary, a guard of Brightkeep Security.", "You may ring them on 07700 900412."],
        ),
        (
            "Who else knows?",
            [
                "These have not answered yet: the manager, head office, the customer and your own desk, in writing.",
            ],
        ),
        ("Before you ring off", ["What is the log number, please?", "Who am I speaking to?"]),
    ]


@pytest.mark.parametrize("readers", WITH_AN_ACCOUNT)
def test_it_begins_with_what_it_is_and_ends_with_the_log_number(readers):
    parts = read_out(readers)
    assert "Our reference is 7K3M-92QF." in parts[0].say
    assert "What is the log number, please?" in parts[-1].say


def test_a_card_with_nothing_but_the_required_answers_can_be_read_out():
    empty = dict.fromkeys(["went", "place", "exact_words", "camera", "seen_before", "witnesses", "action_taken"], "")
    said = words(
        read_out(**empty, people=[], vehicles=[], natures=[], notes=[], still_there="", zone="", camera_from=None)
    )
    assert "Nobody has written down whether they are still there." in said
    assert "The card names no camera." in said
    assert "Who?" not in said
    assert ": \n" not in said


def test_a_place_without_a_site_is_said_in_words():
    said = part("Where?", read_out(site=None, zone="", place="Bus stop in Mill Lane"))
    assert said == ["It was not at one of our sites.", "Bus stop in Mill Lane"]


def test_what_a_note_adds_stands_with_its_like():
    car = VehicleSeen(number=1, mark="ZZ12 ABC")
    note = Addition("Another car.", AT, "", "guard", BRIGHTKEEP, True, ["no"], people=[], vehicles=[car])
    assert part("Which vehicles?", read_out(notes=[note]))[-1] == (f"Vehicle 1, added {WHEN}\nRegistration: ZZ12 ABC")


@pytest.mark.parametrize(
    ("urgency", "said"),
    [
        ("emergency", "A child was in danger when this was written."),
        ("prompt", "It could not wait beyond this shift when it was written."),
        ("routine", "No child was in danger at that moment, as far as we know."),
    ],
)
def test_the_danger_is_said_as_it_was_then(urgency, said):
    assert part("Is anybody in danger now?", read_out(urgency=urgency, natures=[])) == [said]


# --- who reports it


def test_an_author_speaks_for_themselves():
    parts = read_out({Reader.AUTHOR}, is_author=True, police_may_know_name=False, police_may_ring=False, doubts=True)
    assert part("How is it known?", parts) == ["I saw or heard it.", "I have doubts."]
    assert part("Who reports it?", parts) == [
        "I am a guard of Brightkeep Security.",
        "I cannot give you my name. If you need it, ask our head office.",
        "To reach me, ask our head office, at any hour, on 020 7946 0100.",
    ]


def test_where_head_office_is_not_told_the_police_ask_the_lead():
    said = part("Who reports it?", read_out(about=["office"], police_may_know_name=False, police_may_ring=False))
    assert said[1:] == [
        "I cannot give you their name. If you need it, ask our safeguarding lead.",
        "To reach them, ask our safeguarding lead, at any hour, on 020 7946 0100.",
    ]


def test_a_company_without_a_number_is_named_without_one():
    said = part("Who reports it?", read_out(author_role="head_office", company_phone="", police_may_ring=False))
    assert said == [
        "It was written by Asha Canary, somebody at the head office of Brightkeep Security.",
        "To reach them, ask our head office.",
    ]


# --- where somebody is not told


def test_a_card_about_an_officer_is_for_professional_standards():
    first = read_out(about=["police"], code_word="Operation Makesafe")[0]
    assert first.say[0] == "Please put me through to professional standards."
    assert first.mind == ["Do not tell the local desk what it is about, unless a child is in danger now."]
    assert "Operation Makesafe" not in words([first])


def test_the_word_that_leads_to_the_local_desk_is_not_said_where_that_desk_is_not_told():
    first = read_out({Reader.RELEASED}, about=["police"], code_word="Operation Makesafe")[0]
    assert first.say[0] == "I have a concern about a child. It may be child sexual exploitation."


def test_the_police_are_asked_not_to_tell_who_is_not_told():
    parts = read_out(about=["guard"], told=copies(["guard"], head_office="has_it", police="waiting"))
    assert part("Who else knows?", parts) == [
        "These have it: head office.",
        "These have not answered yet: your own desk, in writing.",
        "The manager does not know. Please do not tell them.",
        "The customer does not know. Please do not tell them.",
    ]


def test_the_police_are_told_who_had_it_before():
    had = kept_out(["guard"], had=["manager"])
    assert part("Who else knows?", read_out(about=["guard"], kept_out=had))[1:] == [
        "The customer does not know. Please do not tell them.",
        "The manager had it before. Nothing more is shown to them. Please do not speak to them about it.",
    ]


def test_a_released_reader_asks_the_police_to_keep_it_from_the_customer_and_says_no_more():
    for had in ([], ["manager", "customer"]):
        said = part(
            "Who else knows?", read_out({Reader.RELEASED}, about=["guard"], kept_out=kept_out(["guard"], had=had))
        )
        assert said[1:] == ["Please do not speak to the customer about it."]


def test_footage_is_not_asked_of_a_site_that_had_it_before():
    had = kept_out(["site"], had=["customer"])
    assert "Do not ask the site for it." in part("Is there footage?", read_out(about=["site"], kept_out=had))[-1]


def test_footage_is_not_asked_of_a_site_that_does_not_know():
    never = "Please secure the footage yourselves. Do not ask the site for it."
    assert part("Is there footage?", read_out(about=["site"]))[-1] == never
    assert part("Is there footage?", read_out(about=["police"]))[-1] != never
    assert part("Is there footage?", read_out(about=["office"], site=None))[-1] != never  # there is no site to ask


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        ({"days_are_known": True}, f"Nobody has saved it. It is overwritten on {WHEN}."),
        (
            {"days_are_known": False},
            f"Nobody has saved it. It is overwritten on {WHEN}. We count 7 days, because nobody knows.",
        ),
        ({"days_are_known": True, "lost": True}, "By now it is overwritten, as far as we know."),
        (
            {"days_are_known": True, "saved_on": AT, "saved_whom": "Bo", "saved_where": "the safe"},
            "It is saved: Bo, the safe.",
        ),
    ],
)
def test_the_clock_on_the_footage_is_said(clock, said):
    assert part("Is there footage?", read_out(footage=Footage(kept_until=AT, days=7, **clock)))[1] == said


def test_the_police_themselves_learn_nothing_of_who_else_has_it():
    assert part("Who else knows?", read_out({Reader.POLICE}, about=["guard"])) is None


# --- a call before this one


CALL = Copy("police_call", WEXMOOR, "told", AT, AT, whom="101, Dee, log 412")


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ({"police_called": True, "police_log": "412"}, "You have been told before: log number 412."),
        ({"told": [CALL]}, "You have been told before: 101, Dee, log 412."),
        ({"told": [CALL._replace(whom="")]}, "You have been told before."),
    ],
)
def test_an_earlier_call_is_said_at_once(card, said):
    assert read_out(**card)[0].say[-1] == said


def test_a_call_that_nobody_has_made_is_not_said():
    assert "before" not in words(read_out(told=[Copy("police_call", WEXMOOR, "waiting", AT)])[:1])


# --- on a page


def test_the_page_shows_every_line_and_escapes_what_was_typed():
    typed = "<b>He said</b> “come”\nshe went"
    parts = read_out(account=typed)
    page = Page(render_to_string("concerns/_call_script.html", {"script": parts}))
    assert [heading.text for heading in page.all("h3")] == [part.heading for part in parts]
    assert "<b>He said</b> “come” she went" in [line.text for line in page.all("p")]
    assert not page.all("b")
    assert "script" in [element["id"] for element in page.all("h2")]


def test_the_page_shows_nothing_where_there_is_nothing_to_say():
    assert render_to_string("concerns/_call_script.html", {"script": []}).strip() == ""
