import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from guidance.models import Helpline, Page

SLUGS = ["what-is-cse", "why-you-matter", "spot-the-signs", "what-to-do", "helplines"]


@pytest.mark.parametrize("slug", SLUGS)
def test_anybody_reads_a_page_without_signing_in(client, guidance, slug):
    response = client.get(f"/guidance/{slug}/")
    assert response.status_code == 200
    assert "tel:999" in response.text
    assert "/edit/" not in response.text


def test_the_index_has_a_tile_for_each_page_in_order(client, guidance):
    tiles = re.findall(r'class="cse-tap" href="/guidance/([^/]+)/"', client.get(reverse("guidance:index")).text)
    assert tiles == SLUGS


def test_tiles_are_one_query(guidance, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert all(page.current.title and page.current.summary for page in Page.objects.tiles())


def test_without_guidance_the_index_still_says_whom_to_ring(client, db):
    assert "tel:101" in client.get(reverse("guidance:index")).text
    assert "tel:101" in client.get(reverse("guidance:helplines")).text


@pytest.mark.parametrize("address", ["nothing", "nothing/edit", "nothing/versions", "nothing/versions/1"])
def test_an_unknown_page_is_not_found(client, cast, address):
    client.force_login(cast["ada"])
    assert client.get(f"/guidance/{address}/").status_code == 404


@pytest.mark.parametrize("number", ["2", "0", "99999999999999999999"])
def test_an_unknown_version_is_not_found(client, cast, guidance, number):
    client.force_login(cast["ada"])
    assert client.get(f"/guidance/what-is-cse/versions/{number}/").status_code == 404


def test_a_page_that_was_never_published_is_not_there(client, db):
    Page.objects.create(slug="draft")
    assert client.get("/guidance/draft/").status_code == 404


def test_a_long_page_lists_its_parts_and_a_short_one_does_not(client, guidance):
    assert 'href="#s-hotel"' in client.get("/guidance/spot-the-signs/").text
    assert 'aria-label="On this page"' not in client.get("/guidance/why-you-matter/").text


def test_every_link_inside_guidance_leads_somewhere(client, guidance):
    pages = {f"/guidance/{slug}/": client.get(f"/guidance/{slug}/").text for slug in SLUGS}
    links = {link for text in pages.values() for link in re.findall(r'href="(/guidance/[^"]*)"', text)}
    for path, _, part in (link.partition("#") for link in links):
        assert path == "/guidance/" or path in pages
        assert not part or f'id="{part}"' in pages[path]


def test_every_helpline_is_tapped_to_ring_text_or_open(client, guidance):
    text = client.get(reverse("guidance:helplines")).text
    for line in Helpline.objects.all():
        assert not line.number or f'href="{line.tel}"' in text
        assert not line.text_number or f'href="{line.sms}"' in text
        assert not line.web_address or f'href="{line.web_address}"' in text


def test_what_is_tapped_is_what_a_phone_understands(guidance):
    for line in Helpline.objects.all():
        assert not line.number or re.fullmatch(r"tel:\d{3,11}", line.tel)
        assert not line.text_number or re.fullmatch(r"sms:\d{3,11}", line.sms)
        assert not line.web_address or line.web_address.startswith("https://")


def test_a_helpline_says_when_for_whom_where_and_how_old_it_is(client, guidance):
    text = client.get(reverse("guidance:helplines")).text
    for line in Helpline.objects.exclude(last_checked=None):
        assert f"For {line.who_for}. " in text
    assert text.count("Checked 21 November 2026.") == Helpline.objects.exclude(last_checked=None).count()
    assert text.count("Not checked lately.") == 1
    assert "England, Scotland and Wales." in text


def test_a_hidden_helpline_is_not_shown(client, guidance):
    Helpline.objects.filter(key="childline").update(is_shown=False)
    assert "0800 1111" not in client.get(reverse("guidance:helplines")).text


@pytest.mark.parametrize("missing", [{"number": ""}, {"when_to_use": ""}, {"who_for": ""}])
def test_the_database_refuses_a_helpline_that_helps_nobody(db, missing):
    facts = {"name": "A line", "group": "others", "number": "101", "when_to_use": "Now.", "who_for": "anybody"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Helpline.objects.create(**facts | missing)


@pytest.mark.parametrize("who", ["asha", "moss", "hana", "lena", "cole", "priya", "stan"])
def test_only_an_admin_is_offered_the_edit_link(client, cast, guidance, who):
    client.force_login(cast[who])
    assert "/edit/" not in client.get("/guidance/what-to-do/").text
    client.force_login(cast["ada"])
    assert "/guidance/what-to-do/edit/" in client.get("/guidance/what-to-do/").text
