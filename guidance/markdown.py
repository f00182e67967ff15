"""Guidance is written in Markdown and shown as GOV.UK markup, with nothing in it that could run or mislead."""

from typing import NamedTuple

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Not on the list: images, code, tables, rules and HTML. Whoever types them sees what they typed.
SYNTAX = ["heading", "list", "blockquote", "emphasis", "link", "autolink", "escape", "newline"]

CLASSES = {
    "h2": {"govuk-heading-m"},
    "h3": {"govuk-heading-s"},
    "h4": {"govuk-heading-s"},
    "p": {"govuk-body", "govuk-body-l"},
    "a": {"govuk-link"},
    "ul": {"govuk-list", "govuk-list--bullet", "govuk-list--spaced", "cse-do", "cse-do--not"},
    "ol": {"govuk-list", "govuk-list--number"},
    "blockquote": {"govuk-inset-text"},
}
TICKS = " govuk-list--spaced cse-do"
LISTS_UNDER = {"do": TICKS, "do not": TICKS + " cse-do--not"}  # ticks and crosses, by the heading above the list
SCHEMES = {"http", "https", "tel", "sms", "mailto"}


class Heading(NamedTuple):
    id: str
    text: str


class Rendered(NamedTuple):
    html: SafeString
    contents: list[Heading]  # of the top level, for a list of what is on the page


def render(text: str) -> Rendered:
    """Markdown as safe HTML whose headings start at h2. Never raises; raw HTML is shown as it was typed."""
    tokens = _parser.parse(text)
    contents = _name_headings(tokens)
    _dress(tokens)
    html = nh3.clean(
        _parser.renderer.render(tokens, _parser.options, {}),
        tags={*CLASSES, "li", "strong", "em", "br"},
        attributes={"a": {"href", "rel"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "ol": {"start"}},
        allowed_classes=CLASSES,
        url_schemes=SCHEMES,
        url_relative=_internal,
        link_rel=None,
    )
    return Rendered(mark_safe(html), contents)  # noqa: S308  (nh3 has just cleaned it)


def _internal(address: str) -> str | None:
    """A path of this site or a place on this page; //other.example is neither."""
    return address if address.startswith(("/", "#")) and not address.startswith(("//", "/\\")) else None


def _name_headings(tokens: list[Token]) -> list[Heading]:
    """Give every heading an id of its own and a level that skips none; return those of the top level."""
    contents: list[Heading] = []
    taken: set[str] = set()
    above = 1
    for opening, inside, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type != "heading_open":
            continue
        above = min(max(int(opening.tag[1]), 2), above + 1, 4)
        opening.tag = closing.tag = f"h{above}"
        heading = Heading(_unused(slugify(_plain(inside)) or "part", taken), _plain(inside))
        opening.attrSet("id", heading.id)
        if above == 2:
            contents.append(heading)
    return contents


def _unused(slug: str, taken: set[str]) -> str:
    """s-hotel, s-hotel-2 …: the prefix keeps clear of the ids of the page around it."""
    name, number = f"s-{slug}", 1
    while name in taken:
        number += 1
        name = f"s-{slug}-{number}"
    taken.add(name)
    return name


def _plain(inline: Token) -> str:
    return "".join(" " if token.type == "softbreak" else token.content for token in inline.children or []).strip()


def _dress(tokens: list[Token]) -> None:
    """GOV.UK's classes; a larger first paragraph; ticks and crosses for the lists under Do and Do not."""
    under = ""
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            under = LISTS_UNDER.get(_plain(tokens[number + 1]).casefold(), "")
            token.attrSet("class", "govuk-heading-m" if token.tag == "h2" else "govuk-heading-s")
        elif token.type == "paragraph_open":
            token.attrSet("class", "govuk-body" if number else "govuk-body-l")
        elif token.type == "bullet_list_open":
            token.attrSet("class", "govuk-list govuk-list--bullet" + under)
        elif token.type == "ordered_list_open":
            token.attrSet("class", "govuk-list govuk-list--number")
        elif token.type == "blockquote_open":
            token.attrSet("class", "govuk-inset-text")
        elif token.type == "inline":
            _dress_links(token.children or [])


def _dress_links(tokens: list[Token]) -> None:
    for token in tokens:
        if token.type == "link_open":
            token.attrSet("class", "govuk-link")
            if str(token.attrGet("href")).lower().startswith(("http:", "https:")):
                token.attrSet("rel", "noreferrer noopener")


_parser = MarkdownIt("zero", {"html": False}).enable(SYNTAX)
