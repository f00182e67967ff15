import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.markdown import CLASSES, Heading, render

ALLOWED = {
    "a": {"href", "rel", "class"},
    "ol": {"start", "class"},
    "li": set(),
    "strong": set(),
    "em": set(),
    "br": set(),
    **{tag: {"id", "class"} for tag in ("h2", "h3", "h4")},
    **{tag: {"class"} for tag in ("p", "ul", "blockquote")},
}
SAFE_LINK = re.compile(r"(https?|tel|sms|mailto):|#|/(?![/\\])", re.IGNORECASE)
# fmt: off
NASTY = st.sampled_from([
    "<script>", "</p>", "<img src=x onerror=alert(1)>", "<a href=", " onclick=", " style=", "javascript:",
    "//evil.example", "JaVaScRiPt&#58;", "&#x6A;avascript:", "data:text/html,", "\\", "](", "[x]", "![a](",
    "[a]: ", "<http://", ">", "`", "'", '"', "&lt;", "# ", "## ", "- ", "> ", "1. ", "**", "_", "é", "\u202e",
    "🙂", "    ", "\t", "\n", "\n\n", "\x00",
])
# fmt: on


class Audit(HTMLParser):
    """Refuses every tag, attribute, class and address that guidance has no use for."""

    def handle_starttag(self, tag, attributes):
        assert tag in ALLOWED
        for name, value in attributes:
            assert name in ALLOWED[tag]
            assert name != "href" or SAFE_LINK.match(value)
            assert name != "class" or set(value.split()) <= CLASSES[tag]


@given(st.one_of(st.text(), st.lists(st.one_of(NASTY, st.text(max_size=5))).map("".join)))
def test_whatever_is_typed_nothing_in_it_can_run(text):
    Audit(convert_charrefs=True).feed(render(text).html)


@given(
    st.lists(st.sampled_from(["# a", "## a", "### b", "###### c", "#### a\nb", "text", "- # d", "> ## e"])).map(
        "\n\n".join
    )
)
def test_headings_start_at_two_skip_no_level_and_have_ids_of_their_own(text):
    headings = re.findall(r'<h(\d) id="([^"]+)"', render(text).html)
    levels = [1, *(int(level) for level, _ in headings)]
    assert all(2 <= after <= before + 1 for before, after in pairwise(levels))
    assert len({name for _, name in headings}) == len(headings)


@pytest.mark.parametrize(
    "target", ["//evil.example", "evil", "ftp://a", "file:///etc/passwd", "\\\\evil.example", "?a=b"]
)
def test_a_link_that_leads_astray_leads_nowhere(target):
    assert "href" not in render(f"[a]({target})").html


@pytest.mark.parametrize(
    "target", ["https://a.example/?b=c", "tel:18001101", "sms:61016", "mailto:a@b.example", "/report/", "#s-do"]
)
def test_a_link_that_guidance_needs_is_kept(target):
    assert f'href="{target}"' in render(f"[a]({target})").html


def test_a_link_to_another_site_tells_it_nothing():
    assert 'rel="noreferrer noopener"' in render("[a](https://a.example)").html
    assert "rel=" not in render("[a](/report/)").html


def test_markup_is_shown_as_it_was_typed():
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in render("<script>alert(1)</script>").html


def test_lists_under_do_and_do_not_get_ticks_and_crosses():
    html = render("## Do\n\n- a\n\n## Do not\n\n- b\n\n## Other\n\n- c").html
    assert re.findall(r'<ul class="([^"]+)"', html) == [
        "govuk-list govuk-list--bullet govuk-list--spaced cse-do",
        "govuk-list govuk-list--bullet govuk-list--spaced cse-do cse-do--not",
        "govuk-list govuk-list--bullet",
    ]


def test_only_a_first_paragraph_is_large():
    assert render("a\n\nb").html == '<p class="govuk-body-l">a</p>\n<p class="govuk-body">b</p>\n'
    assert "govuk-body-l" not in render("## a\n\nb").html


def test_contents_lists_the_headings_of_the_top_level():
    assert render("## Pub, *club*\n\n### Not me\n\n## Pub, club\n\n## …").contents == [
        Heading("s-pub-club", "Pub, club"),
        Heading("s-pub-club-2", "Pub, club"),
        Heading("s-part", "…"),
    ]
