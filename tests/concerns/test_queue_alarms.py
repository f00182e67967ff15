"""What cannot wait stands above the queue and in its lines: the police are not told, footage is about to be lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Site
from concerns import actions, wording
from concerns.models import Delivery
from concerns.routing import Recipient
from tests.cards import add_note, send_card
from tests.concerns.test_queue import acknowledge, chips, references, rows
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("clock")

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
RINGING = ["moss", "hana"]


@pytest.fixture
def site(cast):
    return Site.objects.get(name="Quillgate Shopping Centre")


@pytest.fixture
def queue(sign_in):
    """A function that opens the queue as somebody."""
    return lambda who="moss", query="": Page(sign_in(who).get(f"/concerns/{query}"))


@pytest.fixture
def late(cast, site):
    """An emergency of 34 minutes ago: the police should have been rung 19 minutes ago."""
    return send_card(cast["asha"], site=site, urgency="emergency", now=timezone.now() - 34 * MINUTE)


def alarm(page):
    """The red box, or nothing."""
    found = [box for box in page.all("section") if "cse-box--alarm" in box["class"]]
    return found[0] if found else None


def tiles(box):
    return {link["href"]: link.text for link in box.all("a") if link["class"] == "cse-tap"}


def ring(concern, by):
    """Write down that the police were rung."""
    call = concern.deliveries.get(recipient=Recipient.POLICE_CALL)
    actions.record_told(delivery=call, by=by, whom="PC Vale", at=timezone.now(), how="101")


# --- The police are not told --------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", RINGING)
def test_the_red_box_says_which_how_late_what_to_say_and_whom_to_ring(queue, late, who):
    box = alarm(queue(who))
    assert box.text.startswith(
        f"Police not told: {late} Child in danger Tell them now: it is 19 min late. Say “Operation Makesafe”."
    )
    assert tiles(box) == {
        "tel:999": "Ring 999 If a child is in danger now",
        "tel:101": "Ring 101 If not",
        f"/concerns/{late}/script/": "What to say In the order they ask",
        f"/concerns/{late}/told/police_call/": "I told them Log number, or “none given”",
    }


def test_nothing_on_the_page_is_above_the_red_box(queue, late):
    headings = [heading.text for heading in queue().by_id("main-content").all("h1", "h2")]
    assert [heading for heading in headings if heading != "You are signed out"][:2] == [
        f"Police not told: {late}",
        "Queue",
    ]


def test_there_is_no_red_box_before_it_is_time(cast, queue):
    send_card(cast["asha"], urgency="emergency", now=timezone.now() - 15 * MINUTE)
    assert alarm(queue()) is None
    assert "Police not told" not in rows(queue())[0].text


def test_the_red_box_goes_once_somebody_writes_down_the_call(cast, queue, late):
    acknowledge(late, cast["moss"])
    assert alarm(queue()) is not None
    ring(late, by=cast["moss"])
    assert alarm(queue()) is None
    assert chips(queue())["Police not told"] == ""


def test_where_no_call_is_asked_for_the_copy_of_the_police_counts(cast, queue):
    concern = send_card(cast["asha"], now=timezone.now() - 73 * HOUR)
    assert alarm(queue()).text.startswith(
        f"Police not told: {concern} Something noticed Tell them now: it is 60 min late."
    )
    assert f"/concerns/{concern}/told/police/" in tiles(alarm(queue()))
    acknowledge(concern, cast["priya"])
    assert alarm(queue()) is None


def test_a_railway_site_is_told_by_text(cast, queue):
    station = Site.objects.get(name="Wexmoor Parkway Station")
    send_card(cast["asha"], site=station, urgency="prompt", now=timezone.now() - 2 * HOUR)
    assert tiles(alarm(queue()))["sms:61016"] == "Text 61016 British Transport Police"


def test_a_card_about_an_officer_is_for_the_standards_desk(cast, queue):
    send_card(cast["asha"], about=["police"], now=timezone.now() - 5 * HOUR)
    assert "Ask for the professional standards desk of Wexmoor Police." in alarm(queue()).text
    assert alarm(queue("priya")) is None


def test_a_customer_sees_no_state_of_the_police(queue, late):
    page = queue("cole", "?show=police")
    assert alarm(page) is None
    assert "Police not told" not in page.text
    assert references(page) == [str(late)]  # of what waits for them: there is no such list


def test_an_officer_is_told_to_answer_and_not_to_ring(cast, queue, late):
    box = alarm(queue("priya"))
    assert f"Police not told: {late} Child in danger 19 min late." in box.text
    assert tiles(box) == {}
    acknowledge(late, cast["priya"])
    page = queue("priya")
    assert alarm(page) is None
    assert "Police not told" not in rows(page, "had")[0].text


@pytest.mark.parametrize(("about", "who"), [("guard", "moss"), ("office", "hana"), ("police", "priya")])
def test_whoever_may_not_know_of_it_sees_no_alarm(cast, queue, about, who):
    empty = [str(alarm(queue(who))), queue(who).text]
    send_card(cast["asha"], about=[about], urgency="emergency", now=timezone.now() - DAY)
    assert [str(alarm(queue(who))), queue(who).text] == empty


def test_of_many_the_latest_is_first_and_the_others_are_named(cast, queue):
    sent = [send_card(cast["asha"], urgency="emergency", now=timezone.now() - n * HOUR) for n in range(1, 8)]
    box = alarm(queue())
    assert box["data-key"] == str(sent[6])
    assert [line["data-key"] for line in box.all("a") if line["data-key"]] == [str(one) for one in reversed(sent[2:6])]
    assert f"Child in danger {sent[2]}, 2 h late" in box.text
    assert "/concerns/?show=police" in [link["href"] for link in box.all("a")]
    assert references(queue(query="?show=police"), "police") == [str(one) for one in reversed(sent)]


@pytest.fixture
def station():
    return Site.objects.get(name="Wexmoor Parkway Station")


@pytest.fixture
def several(cast, site, station):
    """Of each urgency, the most urgent the newest; six routine ones, late for days."""
    now = timezone.now()
    routine = [send_card(cast["asha"], site=site, now=now - (73 + n) * HOUR) for n in range(6)]
    railway = send_card(cast["asha"], site=station, urgency="prompt", now=now - 2 * HOUR)
    prompt = send_card(cast["asha"], site=site, urgency="prompt", now=now - 3 * HOUR)
    emergency = send_card(cast["asha"], site=site, urgency="emergency", now=now - 20 * MINUTE)
    return [str(one) for one in (emergency, prompt, railway, *reversed(routine))]


def in_the_box(page):
    box = alarm(page)
    return [box["data-key"], *(link["data-key"] for link in box.all("a") if link["data-key"])]


@pytest.mark.parametrize("who", ["moss", "hana", "priya"])
def test_the_most_urgent_is_first_and_of_those_the_longest_late(queue, several, who):
    page = queue(who)
    assert in_the_box(page) == several[:5]
    title = next(element.text for element in page.all("title"))
    assert title.startswith(f"Police not told: {', '.join(several[:5])} – ")


def test_a_manager_of_some_sites_has_the_same_order(queue, several, cast):
    cast["moss"].sites.remove(Site.objects.get(name="Wexmoor Parkway Station"))
    assert in_the_box(queue()) == [one for one in several if one != several[2]][:5]


def lines(box):
    """{reference: (its urgency and how late it is, {where a link leads: its words})} below the first."""
    found = {}
    for line in box.all("li"):
        keys = [link["data-key"] for link in line.all("a") if link["data-key"]]
        for key in keys:
            found[key] = (line.text, {link["href"]: link.text for link in line.all("a")})
    return found


def test_each_that_is_named_has_its_urgency_its_numbers_and_what_to_say(queue, several):
    found = lines(alarm(queue()))
    _, prompt, railway, *routine = several[:5]
    assert list(found) == [prompt, railway, *routine]
    assert {found[one][0][: found[one][0].index(",")] for one in (prompt, railway)} == {
        f"This shift {prompt}",
        f"This shift {railway}",
    }
    assert all(f"/concerns/{one}/script/" in links for one, (_, links) in found.items())
    assert "tel:101" in found[prompt][1]
    assert "tel:101" not in found[railway][1]
    assert found[railway][1]["sms:61016"] == "Text 61016"


def test_an_emergency_below_another_has_999(cast, queue, late):
    other = send_card(cast["asha"], urgency="emergency", now=timezone.now() - HOUR // 2)
    text, links = lines(alarm(queue()))[str(other)]
    assert text.startswith(f"Child in danger {other}, 15 min late")
    assert links["tel:999"] == "Ring 999"


def test_an_officer_is_given_no_numbers_for_any(queue, several):
    box = alarm(queue("priya"))
    assert {href for _, links in lines(box).values() for href in links} == {
        f"/concerns/{one}/#police" for one in several[1:5]
    }


def test_five_that_are_late_are_all_of_them(cast, queue):
    for n in range(5):
        send_card(cast["asha"], urgency="emergency", now=timezone.now() - (n + 1) * HOUR)
    box = alarm(queue())
    assert len(lines(box)) == 4
    assert "/concerns/?show=police" not in [link["href"] for link in box.all("a")]


@pytest.mark.parametrize("query", ["?urgency=routine", "?show=had", "?show=closed&urgency=prompt"])
def test_no_filter_hides_the_red_box(queue, late, query):
    assert alarm(queue(query=query))["data-key"] == str(late)


# --- Footage ------------------------------------------------------------------------------------------------------


def at_risk(page):
    """The box about footage, or nothing."""
    found = [box for box in page.all("section") if box["aria-labelledby"] == "at-risk"]
    return found[0] if found else None


def send_filmed(cast, site, left, **more):
    """A card whose footage is lost after so much time, with the camera's times on it."""
    now = timezone.now()
    seen = now - timedelta(days=site.cctv_days) + left
    camera = {"camera_from": seen, "camera_until": seen + 5 * MINUTE}
    return send_card(cast["asha"], site=site, seen_at=seen, now=now, **camera | more)


def test_footage_about_to_be_lost_is_named_and_counted_down(cast, queue, site):
    concern = send_filmed(cast, site, left=21 * HOUR)
    page = queue()
    assert at_risk(page).text.startswith(f"CCTV about to be lost {concern} 21 hours left. Nobody has saved it.")
    assert rows(page)[0].text.endswith("CCTV lost in 21 hours. Nobody has saved it")
    assert footage_line(page)["class"] == "govuk-body-s cse-late"
    assert chips(page)["CCTV at risk"] == "1"
    assert references(queue(query="?show=footage"), "footage") == [str(concern)]


@pytest.mark.parametrize("left", [49 * HOUR, -MINUTE])
def test_footage_is_not_at_risk_before_two_days_nor_once_it_is_lost(cast, queue, site, left):
    send_filmed(cast, site, left=left)
    assert at_risk(queue()) is None
    assert "Nobody has saved it" not in queue().text


def footage_line(page):
    """What the first card of the page says of its footage, or nothing."""
    found = [line for line in rows(page)[0].all("p") if line.text.startswith("CCTV lost in")]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("left", "says"),
    [(49 * HOUR, "2 days and 1 hour"), (6 * DAY + 23 * HOUR - MINUTE, "6 days and 22 hours"), (29 * DAY, "29 days")],
)
def test_a_line_counts_down_quietly_while_there_is_time(cast, queue, site, left, says):
    send_filmed(cast, site, left=left)
    line = footage_line(queue())
    assert (line.text, line["class"]) == (f"CCTV lost in {says}", "govuk-body-s")


@pytest.mark.parametrize("who", ["moss", "hana", "priya", "cole"])
def test_no_line_gives_more_time_than_its_own_copy(cast, queue, site, who):
    concern = send_filmed(cast, site, left=4 * DAY + 50 * MINUTE)
    copy = Delivery.objects.addressed_to(cast[who]).get(concern=concern)
    left = wording.countdown(copy.footage_until, timezone.now())
    assert footage_line(queue(who)).text == f"CCTV lost in {left}"


def test_a_line_counts_down_on_what_was_answered_too(cast, queue, site):
    concern = send_filmed(cast, site, left=4 * DAY)
    acknowledge(concern, cast["moss"])
    assert rows(queue(), "had")[0].text.endswith("CCTV lost in 4 days")


def test_a_line_with_no_clock_says_nothing_of_footage(cast, queue, site):
    send_filmed(cast, site, left=-MINUTE)
    assert footage_line(queue()) is None
    saved = send_filmed(cast, site, left=4 * DAY)
    actions.save_footage(concern=saved, by=cast["moss"], whom="Dee", on=timezone.now(), where="Control room")
    assert "CCTV lost" not in queue().text


def test_a_customer_who_was_given_no_camera_is_counted_nothing_down(cast, queue, site):
    send_filmed(cast, site, left=4 * DAY, camera_from=None, camera_until=None)
    assert footage_line(queue("cole")) is None
    assert footage_line(queue()) is not None


def test_what_is_lost_first_is_named_first(cast, queue, site):
    late, soon = (send_filmed(cast, site, left=left) for left in (30 * HOUR, 3 * HOUR))
    assert f"{soon} 3 hours left; {late} 30 hours left." in at_risk(queue()).text


def test_saved_footage_is_not_at_risk(cast, queue, site):
    concern = send_filmed(cast, site, left=HOUR)
    actions.save_footage(concern=concern, by=cast["moss"], whom="Dee", on=timezone.now(), where="Control room")
    assert at_risk(queue()) is None
    assert "CCTV lost" not in queue().text


def test_the_customer_is_asked_to_save_it_where_the_camera_is_on_the_card(cast, queue, site):
    concern = send_filmed(cast, site, left=21 * HOUR)
    send_filmed(cast, site, left=HOUR, camera_from=None, camera_until=None)
    page = queue("cole")
    assert [link.text for link in at_risk(page).all("a")] == [str(concern)]
    assert "Please save it" in at_risk(page).text
    (line,) = [line for line in rows(page) if "CCTV" in line.text]
    assert line.text.endswith("CCTV lost in 20 hours. Please save it")  # widened, as the camera's times are


def test_a_customer_who_may_not_know_is_asked_nothing(cast, queue, site):
    send_filmed(cast, site, left=HOUR, about=["site"])
    assert at_risk(queue("cole")) is None
    assert "it says who may be asked to" in at_risk(queue("hana")).text


# --- Each line ----------------------------------------------------------------------------------------------------


def test_a_line_says_that_the_police_are_not_told(queue, late):
    assert "customer, police call, police Police not told CCTV" in rows(queue())[0].text


def test_a_line_says_that_nobody_at_all_has_it(cast, queue, concern):
    assert "Nobody has it yet Waiting for you, head office" in rows(queue())[0].text
    acknowledge(concern, cast["hana"])
    assert "Nobody has it yet" not in rows(queue())[0].text


@pytest.mark.parametrize("who", ["cole", "priya"])
def test_whoever_does_not_know_of_all_copies_is_not_told_that_nobody_has_it(queue, concern, who):
    assert "Nobody" not in rows(queue(who))[0].text


def test_a_released_copy_does_not_say_that_nobody_has_it(cast, queue):
    concern = send_card(cast["asha"], about=["office"])
    actions.release(delivery=concern.deliveries.get(recipient=Recipient.MANAGER), by=cast["lena"], reason="Agreed")
    acknowledge(concern, cast["lena"])
    assert "Nobody" not in rows(queue("moss"))[0].text


def test_a_line_says_that_nobody_is_left_to_tell(cast, queue, concern):
    for who in ("moss", "hana", "cole", "priya"):
        assert "Nobody is left to tell" not in queue().text
        acknowledge(concern, cast[who])
    assert "Something noticed Nobody is left to tell" in rows(queue(), "had")[0].text


def test_a_line_says_who_is_on_hold_to_the_company_alone(cast, queue, concern):
    copy = concern.deliveries.get(recipient=Recipient.CUSTOMER)
    actions.hold(delivery=copy, by=cast["hana"], officer="DC Ode", reference="1", until=timezone.now() + DAY)
    assert "police On hold: customer CCTV" in rows(queue())[0].text
    assert "hold" not in queue("priya").text
    assert "Nothing is waiting for you" in queue("cole").text


# --- At a glance --------------------------------------------------------------------------------------------------


def test_what_is_due_next_stands_above_what_is_overdue(cast, queue, late):
    following = send_card(cast["asha"], urgency="prompt", now=timezone.now() - 21 * MINUTE)
    send_card(cast["asha"])
    assert f"1 overdue. Next due: {following}, 39 min left." in queue().text


def test_it_says_that_nothing_else_is_due(queue, late):
    assert "1 overdue. Nothing else is due." in queue().text


def test_where_nothing_is_overdue_the_list_says_it_all(queue, concern):
    assert "Next due" not in queue().text


def test_the_title_names_references_and_a_number_and_nothing_else(queue, late):
    title = next(element.text for element in queue().all("title"))
    assert title == f"Police not told: {late} – 1 overdue – Queue – CSE Reports"


# --- Chips --------------------------------------------------------------------------------------------------------


def test_a_chip_leads_to_its_list(cast, queue, late):
    soon = send_card(cast["asha"])
    had = send_card(cast["asha"])
    acknowledge(had, cast["moss"])
    found = {name: references(queue(query=f"?show={name}"), name) for name in ("overdue", "police", "had", "waiting")}
    assert found == {
        "overdue": [str(late)],
        "police": [str(late)],
        "had": [str(had)],
        "waiting": [str(late), str(soon)],
    }


def test_a_chip_counts_what_its_list_holds(cast, queue, late):
    send_card(cast["asha"])
    counted = chips(queue())
    assert counted == {
        "Waiting for you": "2",
        "Overdue": "1",
        "Police not told": "1",
        "CCTV at risk": "",
        "You have these": "",
        "Closed": "",
    }


def test_the_chip_of_this_list_says_so(queue, late):
    for query, label in (("", "Waiting for you 1"), ("?show=overdue", "Overdue 1"), ("?show=x", "Waiting for you 1")):
        current = [link.text for link in queue(query=query).all("a") if link["aria-current"] == "true"]
        assert label in current


def test_filters_and_the_list_stay_together(cast, queue, site, late):
    page = queue(query=f"?show=overdue&urgency=emergency&site={site.pk}")
    hrefs = [link["href"] for box in page.all("ul") if box["class"] == "cse-chips" for link in box.all("a")]
    assert all(f"urgency=emergency&amp;site={site.pk}".replace("&amp;", "&") in href for href in hrefs)
    assert page.posted("/concerns/") == {"show": ["overdue"], "site": [str(site.pk)], "urgency": ["emergency"]}
    assert references(queue(query="?show=overdue&urgency=routine"), "overdue") == []


@pytest.mark.parametrize("name", ["overdue", "police", "footage", "had", "closed"])
def test_an_empty_list_says_so(queue, name):
    page = queue(query=f"?show={name}")
    assert [heading["id"] for heading in page.by_id("main-content").all("h2")] == [name]
    assert rows(page, name) == []


def test_a_long_list_goes_on_on_another_page(cast, queue):
    sent = [send_card(cast["asha"], urgency="emergency", now=timezone.now() - (n + 1) * HOUR) for n in range(30)]
    page = queue(query="?show=police")
    (more,) = [link["href"] for link in page.all("a") if link.text == "More of these"]
    assert "show=police" in more
    assert references(page, "police") + references(queue(query=more), "police") == [str(one) for one in reversed(sent)]


@pytest.fixture
def closed(cast, concern):
    for who in ("moss", "hana", "cole", "priya"):
        acknowledge(concern, cast[who])
    actions.close(concern=concern, by=cast["hana"], outcome="with_police")
    return concern


def test_what_is_closed_has_a_list_of_its_own(queue, closed):
    assert references(queue(), "had") == []
    assert rows(queue(query="?show=closed"), "closed")[0].text.startswith("Closed 23:26")


def test_a_customer_is_not_told_that_it_is_closed(queue, closed):
    page = queue("cole", "?show=closed")
    assert "Earlier" in chips(page)
    assert rows(page, "closed")[0].text.startswith("You have it 23:26")
    assert "Closed" not in page.text


def test_a_note_that_withholds_it_takes_it_out_of_every_list(cast, queue, late):
    acknowledge(late, cast["moss"])
    add_note(late, cast["asha"], about=["guard"])
    for name in ("waiting", "overdue", "police", "footage", "had", "closed"):
        assert str(late) not in queue(query=f"?show={name}").text
