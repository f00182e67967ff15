"""Whatever is typed wrongly gets a sentence that says what to do, next to its question, and everything typed stays."""

import re

import pytest
from django.utils import timezone

from accounts.models import Site
from concerns.models import Concern
from tests.cards import send_card
from tests.pages import Page, is_open, typed_fully

pytestmark = pytest.mark.usefixtures("clock")

LONG = "w" * 20_001
BACK = {"seen_on-day": "25", "seen_on-month": "10"}
FORWARD = {"seen_on-day": "29", "seen_on-month": "3"}
THIRTEEN = {f"people-{n}-name": f"Kez {n}" for n in range(13)}
MANY_CARS = {f"vehicles-{n}-mark": f"ZZ{n}" for n in range(13)}
SHORTEN = "Shorten this to {} characters: it has {}. The rest can go in a note."
UNSTORABLE = "Something here cannot be stored. Type it again instead of pasting it."

# What is typed, the box that the error leads to (none where it is about several), and how the sentence begins.
BAD = {
    "nothing at all in the account": ({"account": ""}, "account", "Enter what you saw or heard."),
    "blanks for an account": ({"account": " \n\t "}, "account", "Enter what you saw or heard."),
    "no urgency": ({"urgency": None}, "urgency_0", "Say whether a child is in danger."),
    "an urgency that is none": ({"urgency": "x\0"}, "urgency_0", "Say whether a child is in danger."),
    "no word about who works here": ({"about": None}, "about_0", "Say whether anybody who works here"),
    "no, and yes": ({"about": ["no", "guard"]}, "about_0", "Tick “No” on its own, or take it off."),
    "a party that is none": ({"about": ["no", "aliens"]}, "about_0", "Say whether anybody who works here"),
    "no basis": ({"basis": None}, "basis_0", "Say how you know."),
    "a day in the future": ({"seen_on-day": "22"}, "seen_on-day", "That is in the future."),
    "a day years ago": ({"seen_on-year": "2021"}, "seen_on-day", "That is more than a year ago."),
    "31 February": ({"seen_on-day": "31", "seen_on-month": "feb"}, "seen_on-day", "There is no such day."),
    "no month": ({"seen_on-month": ""}, "seen_on-day", "Enter the day, the month and the year."),
    "no time": ({"seen_time": ""}, "seen_time", "Enter the time, such as 2310."),
    "24:00": ({"seen_time": "24:00"}, "seen_time", "Enter a 24-hour time"),
    "99": ({"until_time": "99"}, "until_time", "Enter a 24-hour time"),
    "an end in the future": ({"until_time": "2359"}, "until_time", "That is in the future."),
    "an hour that came twice": (BACK | {"seen_time": "0130"}, "seen_which_0", "The clocks went back"),
    "an end that came twice": (
        BACK | {"seen_time": "0030", "until_time": "0130"},
        "until_which_0",
        "The clocks went b",
    ),
    "an hour that never came": (FORWARD | {"seen_time": "0130"}, "seen_time", "The clocks went forward"),
    "a camera's time": ({"camera_from": "half ten"}, "camera_from", "Enter a 24-hour time"),
    "20,001 characters": ({"account": LONG}, "account", SHORTEN.format("20,000", "20,001")),
    "too long a plate": ({"vehicles-0-mark": "Z" * 61}, "vehicles-0-mark", SHORTEN.format("60", "61")),
    "too long a way": ({"still_there": "gone", "went": LONG}, "went", SHORTEN.format("500", "20,001")),
    "exact words too long": ({"exact_words": LONG}, "exact_words", SHORTEN.format("5,000", "20,001")),
    "NUL": ({"account": "a\0b"}, "account", UNSTORABLE),
    "a bell": ({"place": "a\x07b"}, "place", UNSTORABLE),
    "a deletion in a name": ({"people-0-name": "K\x7fez"}, "people-0-name", UNSTORABLE),
    "NUL in a person": ({"people-0-description": "\0"}, "people-0-description", UNSTORABLE),
    "NUL in a phone": ({"phone": "020 7946\0 0123"}, "phone", "Enter a telephone number that can be rung"),
    "a phone that rings nowhere": ({"phone": "12"}, "phone", "Enter a telephone number that can be rung"),
    "ring me, no number": ({"police_may_ring": "yes", "phone": ""}, "phone", "Enter the number that the police may r"),
    "police told, no log": ({"police_log": ""}, "police_log", "Write their log number, or “none given”."),
    "nowhere": ({"site": "elsewhere", "place": ""}, "place", "Say in words where it was"),
    "13 people": (THIRTEEN, None, "There is room for 12 people here. Put the others in a note."),
    "13 vehicles": (MANY_CARS, None, "There is room for 12 vehicles here. Put the others in a note."),
    "an age that is none": ({"people-0-looks": "7"}, "people-0-looks", "Choose an age from the list."),
    "a sex that is none": ({"people-0-sex": "x"}, "people-0-sex_0", "Choose female, male or not sure."),
    "a kind of thing that is none": ({"natures": ["gifts", "x"]}, "natures_0", "Tick only kinds of thing that are on"),
    "still there, perhaps": ({"still_there": "perhaps"}, "still_there_0", "Choose one of the three answers."),
    "the police may perhaps ring": ({"police_may_ring": "x"}, "police_may_ring_0", "Choose yes or no, or leave both"),
}
# What no box of the page could hold: it is pointed out, and cannot be shown again.
NOT_SHOWN = {"x\0", "x", "7", "aliens", "perhaps"}


@pytest.fixture
def site(cast):
    return Site.objects.get(name="Quillgate Shopping Centre")


@pytest.fixture
def send(sign_in, site):
    """A function that sends a full card with these answers in place of its own, and gives what came back."""

    def sent(whole=typed_fully, **answers):
        posted = {name: value for name, value in (whole(site) | answers).items() if value is not None}
        return sign_in("asha").post("/report/", posted), posted

    return sent


@pytest.mark.parametrize(("answers", "box", "sentence"), BAD.values(), ids=BAD)
def test_a_sentence_on_top_leads_to_the_question_and_nothing_is_stored(send, answers, box, sentence):
    response, _ = send(**answers)
    page = Page(response)
    ((said, target),) = page.errors()
    assert (response.status_code, Concern.objects.count()) == (422, 0)
    assert said.startswith(sentence)
    assert page.text.count(said) == (2 if box else 1)
    assert box is None or (target["id"] == box and is_open(target))
    assert page.all("title")[0].text.startswith("Error: ")


@pytest.mark.parametrize("answers", [answers for answers, _, _ in BAD.values()], ids=BAD)
def test_everything_typed_is_still_there_and_needs_only_to_be_put_right(sign_in, send, site, answers):
    response, posted = send(**answers)
    kept = Page(response).posted("/report/")
    for name, value in posted.items():
        wanted = [part for part in (value if isinstance(value, list) else [value]) if part not in NOT_SHOWN]
        assert not wanted or kept[name] == wanted, name
    fewer = {name: values for name, values in kept.items() if not re.match("(people|vehicles)-12-", name)}
    assert sign_in("asha").post("/report/", fewer | typed_fully(site)).status_code == 302


# --- Several at once ----------------------------------------------------------------------------------------------


def test_an_empty_submission_says_all_that_must_be_said(sign_in):
    response = sign_in("asha").post("/report/", {})
    found = [target["id"] for _, target in Page(response).errors()]
    assert response.status_code == 422
    assert found == ["urgency_0", "site", "seen_on-day", "seen_time", "account", "about_0", "basis_0"]


def test_errors_of_rows_stand_below_those_of_the_card(send):
    response, _ = send(account="", **{"people-1-name": "\0", "vehicles-0-inside": "\0"})
    assert [target["id"] for _, target in Page(response).errors()] == ["account", "people-1-name", "vehicles-0-inside"]


@pytest.mark.parametrize("path", ["/report/", "bad"])
def test_every_box_has_its_label_and_every_name_is_used_once(send, sign_in, path):
    page = Page(sign_in("asha").get(path) if path != "bad" else send(account="", **THIRTEEN)[0])
    ids = [element["id"] for element in page.all() if element["id"]]
    assert len(ids) == len(set(ids))
    labelled = {label["for"] for label in page.all("label")}
    boxes = [box for box in page.all("input", "select", "textarea") if box["type"] != "hidden"]
    assert {box["id"] for box in boxes} <= labelled <= set(ids)


@pytest.mark.parametrize("path", ["/report/", "bad"])
def test_what_describes_a_box_is_on_the_page(send, sign_in, path):
    page = Page(sign_in("asha").get(path) if path != "bad" else send(account="", **THIRTEEN)[0])
    ids = {element["id"] for element in page.all()}
    for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
        assert {part for element in page.all() for part in element[name].split()} <= ids


# --- Where -------------------------------------------------------------------------------------------------------

NOT_THEIRS = ["somebody else's", "closed", "made up", "no uuid", "none"]


@pytest.fixture(params=NOT_THEIRS)
def not_theirs(request, cast, site):
    """A site that Asha may not report from."""
    if request.param == "closed":
        Site.objects.filter(pk=site.pk).update(closed_at=timezone.now())
    sites = {"somebody else's": cast["stan"].sites.get().pk, "closed": site.pk, "made up": cast["asha"].pk, "none": ""}
    return str(sites.get(request.param, "x\0"))


def test_a_site_that_is_not_theirs_is_refused(send, not_theirs):
    response, _ = send(site=not_theirs)
    ((said, target),) = Page(response).errors()
    assert (said, target["id"]) == ("Choose one of your sites, or “Somewhere else”.", "site")
    assert not Concern.objects.exists()


def test_no_other_site_is_chosen_in_its_place(send, not_theirs):
    response, _ = send(site=not_theirs)
    assert Page(response).posted("/report/")["site"] == [""]


def test_a_site_that_is_not_theirs_is_not_named(send, cast):
    response, _ = send(site=str(cast["stan"].sites.get().pk))
    assert "Pellmoor" not in response.content.decode()


@pytest.mark.parametrize(
    "zone", ["Car park", "OTHER/Forecourt", "SITE/Cellar", "SITE/", "SITE/Car park\0", "x/Car park", "\0"]
)
def test_a_zone_that_is_not_of_that_site_is_refused(send, cast, site, zone):
    other = Site.objects.get(name="Harrowmere Services")
    response, _ = send(zone=zone.replace("OTHER", str(other.pk)).replace("SITE", str(site.pk)))
    ((said, target),) = Page(response).errors()
    assert (said, target["id"]) == ("Choose a zone of that site, or leave it empty.", "zone")


def test_a_police_log_without_the_police_is_no_error(send):
    assert send(police_called=None)[0].status_code == 302


def test_none_given_is_a_log(send):
    assert send(police_log="none given")[0].status_code == 302


# --- Kept to the letter, and inert --------------------------------------------------------------------------------

WORDS = {
    "markup": "<script>alert('x')</script><img src=x onerror=\"x()\"> &lt;b&gt; {{ card }} {% now 'Y' %}",
    "emoji": "👩‍👧 she said 😟 then 🚗",
    "Arabic": "رجل أكبر سناً مع فتاة\u200f، كانت خائفة",
    "Welsh": "Merch ifanc â dyn hŷn: ‘paid â dweud’, meddai ŵ",
    "lines": "one\n\n  two\tthree\nfour",
    "brackets": "]]> --> '\"` \\ %s %(x)s ${x} #{x}",
}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_words_are_stored_to_the_letter(send, words):
    send(account=words, **{"people-0-name": words, "vehicles-0-make": words})
    concern = Concern.objects.get()
    assert (concern.account, concern.people.first().name, concern.vehicles.get().make) == (words, words, words)


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_words_come_back_to_the_letter_beside_an_error(send, words):
    response, _ = send(urgency=None, account=words, camera=words, **{"people-0-description": words})
    kept = Page(response).posted("/report/")
    assert [kept[name] for name in ("account", "camera", "people-0-description")] == [[words]] * 3


PAGES = [("asha", "/concerns/{}/"), ("asha", "/concerns/{}/sent/"), ("asha", "/concerns/{}/print/"), ("asha", "/")]
PAGES += [(who, path) for who in ("moss", "cole", "priya") for path in ("/concerns/{}/", "/concerns/{}/print/", "/")]


@pytest.mark.parametrize(("who", "path"), PAGES)
def test_words_are_shown_and_do_nothing(sign_in, cast, who, path):
    words = "\n".join(WORDS.values())
    person = {"looks": "", "sex": "", "name": words, "description": words}
    texts = dict.fromkeys(("account", "exact_words", "camera", "place", "witnesses", "police_log"), words)
    concern = send_card(cast["asha"], people=[person], police_called=True, **texts)
    page = Page(sign_in(who).get(path.format(concern)))
    assert not [element for element in page.all() if element["onerror"]]
    ours = {"/static/site.js"} | ({"/static/queue.js"} if (who, path) != ("asha", "/") and path == "/" else set())
    assert {script["src"] for script in page.all("script")} == ours
    assert path != "/concerns/{}/" or " ".join(words.split()) in page.text


def test_line_ends_of_every_browser_are_one(send):
    send(account="one\r\ntwo\rthree\nfour")
    assert Concern.objects.get().account == "one\ntwo\nthree\nfour"


def test_a_carriage_return_counts_no_character(send):
    assert send(account="w\r\n" * 10_000)[0].status_code == 302
