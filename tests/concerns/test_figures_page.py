"""The page of figures: what counts, what leaves no trace, and that no choice on it shows more than another."""

import re
from collections import defaultdict
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Site
from concerns import actions
from concerns.models import Concern, Delivery, Outcome
from tests.benchmarks.statements import listened, shape
from tests.cards import add_note, send_card

MANY, FEW = 5, 4
QUILLGATE, HARROWMERE = "Quillgate Shopping Centre", "Harrowmere Services"


@pytest.fixture
def october(cast, clock):
    """october(5, 14) are five cards of 5 October of which everybody had their copy 14 minutes later."""

    def send(number, minutes=None, site=QUILLGATE, day=5, month=10, **answers):
        clock(2026, month, day, 12, 0)
        author = answers.pop("author", cast["asha"])
        site = site and Site.objects.get(name=site)
        concerns = [send_card(author, site=site, urgency="prompt", **answers) for _ in range(number)]
        if minutes is not None:
            clock(2026, month, day, 12, minutes)
            answer(Delivery.objects.filter(concern__in=concerns), cast["moss"])
        clock(2026, 11, 21, 23, 26)
        return concerns

    return send


def answer(copies, by):
    for copy in copies.open():
        actions.acknowledge(delivery=copy, by=by)


@pytest.fixture
def figures(sign_in):
    """figures() is {(site, recipient): {month: what the table says}} of what Hana is shown."""

    def look(query="", who="hana"):
        response = sign_in(who).get(f"/figures/{query}")
        assert response.status_code == 200
        return read(response.content.decode())

    return look


def read(page):
    """What the tables of a page say; a recipient of whom nothing is shown at a site is left out."""
    found = defaultdict(dict)
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        site = re.search(r"hidden\">(.*): time to answer", table)[1]
        recipients = re.findall(r'colgroup" colspan="2">(.*?)</th>', table)
        for month, row in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', table):
            cells = re.findall(r'<td>(.*?)</td><td>(.*?)</td>|<td colspan="2">(.*?)</td>', row)
            for recipient, words in zip(recipients, cells, strict=True):
                found[site, recipient.lower()][month] = " | ".join(filter(None, words))
    return {place: months for place, months in found.items() if set(months.values()) != {"too few"}}


# --- What counts --------------------------------------------------------------------------------------------------


def test_it_says_how_long_each_recipient_took_at_each_site_in_each_month(figures, october):
    october(MANY, 14)
    october(MANY, 44, day=6, site=HARROWMERE)
    october(MANY, 9, month=9)
    shown = figures("?months=3")
    assert shown[QUILLGATE, "manager"] == {
        "Aug 2026": "too few",
        "Sep 2026": "9 min | 9 min",
        "Oct 2026": "14 min | 14 min",
    }
    assert shown[HARROWMERE, "police call"]["Oct 2026"] == "44 min | 44 min"
    assert {recipient for _, recipient in shown} == {"manager", "head office", "customer", "police call", "police"}


def test_fewer_than_five_are_hidden(figures, october):
    october(FEW, 14)
    assert figures() == {}


def test_small_sites_are_shown_together(figures, october, cast):
    for site in Site.objects.filter(contractor=cast["hana"].organisation):
        october(FEW, 14, site=site.name)
    assert figures() == {}
    october(1, 14, site=None)
    assert set(figures()) == {("Small sites together", name) for name in ("head office", "police call", "police")}
    assert figures("?site=elsewhere") == {}
    assert figures("?site=together") == figures()


def test_somebody_told_by_telephone_counts_like_an_acknowledgement(figures, october, cast, clock):
    for concern in october(MANY):
        at = concern.received_at + timedelta(minutes=7)
        actions.record_told(
            delivery=concern.deliveries.get(recipient="police_call"), by=cast["asha"], whom="101", at=at
        )
    assert figures()[QUILLGATE, "police call"]["Oct 2026"] == "7 min | 7 min"


def test_a_time_before_the_card_came_is_no_time_at_all(figures, october, cast):
    october(MANY, 30, police_called=True)
    Delivery.objects.filter(recipient="police_call").update(told_at=timezone.now() - timedelta(days=300))
    assert figures()[QUILLGATE, "police call"]["Oct 2026"] == "1 min | 1 min"


def test_who_is_late_and_has_not_answered_took_longer_than_all_others(figures, october):
    october(FEW, 14)
    october(1)
    assert figures()[QUILLGATE, "manager"]["Oct 2026"] == "14 min | still waiting"


def test_a_month_shows_when_it_is_over_and_nobody_has_time_left_to_answer(figures, october, clock):
    october(MANY, 14, month=11)
    for now in ((2026, 11, 30, 23, 59), (2026, 12, 3, 23, 59)):
        clock(*now)
        assert figures() == {}
    clock(2026, 12, 4, 0, 1)
    assert figures()[QUILLGATE, "manager"]["Nov 2026"] == "14 min | 14 min"


def test_a_copy_on_hold_for_the_police_does_not_count(figures, october, cast):
    october(FEW, 14)
    (concern,) = october(1)
    copy = concern.deliveries.get(recipient="customer")
    actions.hold(delivery=copy, by=cast["hana"], officer="PC Dee", reference="412", until=timezone.now())
    assert (QUILLGATE, "customer") not in figures()
    assert (QUILLGATE, "manager") in figures()


@pytest.mark.parametrize("outcome", Outcome)
def test_a_card_that_was_sent_by_mistake_does_not_count(figures, october, cast, outcome):
    (concern, *_) = october(MANY, 14)
    actions.close(concern=concern, by=cast["hana"], outcome=outcome)
    assert bool(figures()) == (outcome != Outcome.MISTAKE)


def test_a_mistake_that_was_opened_again_counts(figures, october, cast, clock):
    (concern, *_) = october(MANY, 14)
    actions.close(concern=concern, by=cast["hana"], outcome=Outcome.MISTAKE)
    add_note(concern, cast["asha"])
    assert (QUILLGATE, "customer") in figures()
    answer(concern.deliveries, cast["moss"])
    clock(2026, 11, 21, 23, 30)
    actions.close(concern=concern, by=cast["hana"], outcome=Outcome.STAFF)
    assert (QUILLGATE, "customer") in figures()


# --- No trace -----------------------------------------------------------------------------------------------------


def about_the_office(october, cast):
    october(1, 59, about=["office"])


def about_the_office_by_a_note(october, cast):
    (concern,) = october(1, 59)
    add_note(concern, cast["asha"], about=["office"])


def kept_from_her_by_name(october, cast):
    (concern,) = october(1, 59)
    actions.keep_from(concern=concern, people=[cast["hana"]], by=cast["lena"])


def of_another_company(october, cast):
    october(1, 59, author=cast["stan"], site="Pellmoor Arcade")


@pytest.mark.parametrize("others", [FEW, MANY])
@pytest.mark.parametrize(
    "happens", [about_the_office, about_the_office_by_a_note, kept_from_her_by_name, of_another_company]
)
def test_a_concern_that_is_withheld_leaves_no_trace(sign_in, october, cast, happens, others):
    hana = sign_in("hana")
    october(others, 14)
    before = [hana.get(f"/figures/{query}").content for query in ("", "?months=12", f"?site={others}")]
    happens(october, cast)
    assert [hana.get(f"/figures/{query}").content for query in ("", "?months=12", f"?site={others}")] == before


@pytest.mark.parametrize(("about", "recipient"), [("guard", "manager"), ("site", "customer"), ("police", "police")])
def test_a_copy_that_is_withheld_is_in_no_figure_of_its_recipient(figures, october, about, recipient):
    october(MANY, 14)
    before = figures()[QUILLGATE, recipient]
    october(MANY, 59, about=[about])
    assert figures()[QUILLGATE, recipient] == before
    assert figures()[QUILLGATE, "head office"] != before


def test_whoever_is_told_only_because_of_who_may_be_involved_has_no_figures(figures, october, cast):
    for concern in october(MANY, 14, about=["office", "police"]):
        copy = concern.deliveries.get(recipient="head_office")
        actions.release(delivery=copy, by=cast["lena"], reason="Nobody of ours.")
    assert Delivery.objects.filter(recipient__in=["lead", "standards"]).answered().count() == 2 * MANY
    assert {recipient for _, recipient in figures()} == {"police call"}


# --- The choices --------------------------------------------------------------------------------------------------


def test_every_choice_shows_a_part_of_the_same_table(figures, october):
    october(MANY, 14)
    october(MANY, 9, month=9)
    october(MANY, 44, site=HARROWMERE)
    whole = figures("?months=12")
    assert all(len(months) == 12 for months in whole.values())
    sites = {key: Site.objects.get(name=name).pk for key, name in {"q": QUILLGATE, "h": HARROWMERE}.items()}
    for query in ("", "?months=3", *(f"?months=6&site={pk}" for pk in sites.values())):
        for place, months in figures(query).items():
            assert months.items() <= whole[place].items()
    assert {site for site, _ in figures(f"?site={sites['q']}")} == {QUILLGATE}


@pytest.mark.parametrize("query", ["?site=x", "?site=\0", "?months=99", "?months=x&page=x", "?page=99", "?site="])
def test_an_address_that_makes_no_sense_still_makes_a_page(sign_in, october, query):
    october(MANY, 14)
    assert sign_in("hana").get(f"/figures/{query}").status_code == 200


def test_another_companys_site_is_like_one_that_is_not_there(sign_in, october, cast):
    october(MANY, 14, author=cast["stan"], site="Pellmoor Arcade")
    page = sign_in("hana").get(f"/figures/?site={Site.objects.get(name='Pellmoor Arcade').pk}").content.decode()
    assert "Pellmoor" not in page
    assert page == sign_in("hana").get("/figures/?site=nowhere").content.decode()


def test_it_asks_the_same_however_many_there_are(sign_in, october, cast):
    def asked():
        client = sign_in("hana")
        with listened() as made:
            client.get("/figures/")
        return [shape(sql) for sql in made]

    october(MANY, 14)
    of_few = asked()
    for site in Site.objects.filter(contractor=cast["hana"].organisation):
        october(2 * MANY, 14, site=site.name)
    assert Concern.objects.count() > 30
    assert asked() == of_few


def test_sites_come_ten_to_a_page(sign_in, october, cast):
    site = Site.objects.get(name=QUILLGATE)
    for number in range(11):
        site.pk, site.name, site._state.adding = None, f"Hall {number:02}", True
        site.pk = Site._meta.pk.get_default()
        site.save()
        october(MANY, 14, site=site.name)
    hana = sign_in("hana")
    first, second = (hana.get(f"/figures/?months=3&page={page}").content.decode() for page in (1, 2))
    assert {site for site, _ in read(first)} == {f"Hall {number:02}" for number in range(10)}
    assert {site for site, _ in read(second)} == {"Hall 10"}
    assert 'href="?months=3&amp;page=2"' in first
    assert "More sites" not in second
