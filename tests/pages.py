"""What a browser makes of a page: its elements, what each form would post, and where its errors lead."""

import re
from datetime import timedelta
from html.parser import HTMLParser

from django.utils import timezone

INLINE = {"a", "b", "button", "em", "label", "option", "span", "strong", "summary", "textarea"}
VOID = {"br", "hr", "img", "input", "link", "meta"}


class Element:
    def __init__(self, tag, attrs, parent):
        self.tag, self.attrs, self.parent, self.inside = tag, attrs, parent, []

    def __getitem__(self, name):
        return self.attrs.get(name, "")

    def all(self, *tags):
        """The elements of these tags in here, in order; what a <template> holds is not on the page."""
        for part in self.inside:
            if isinstance(part, Element) and part.tag != "template":
                if not tags or part.tag in tags:
                    yield part
                yield from part.all(*tags)

    def around(self):
        """The elements that this one is in, the nearest first."""
        return [self.parent, *self.parent.around()] if self.parent else []

    @property
    def raw(self):
        text = "".join(getattr(part, "raw", part) for part in self.inside)
        return text if self.tag in INLINE else f"\n{text}\n"

    @property
    def text(self):
        return " ".join(self.raw.split())


class Page(HTMLParser):
    """A page that was answered. Fails where a tag is closed that is not open, or left open."""

    def __init__(self, response):
        super().__init__()
        self.top = self.now = Element("page", {}, None)
        self.feed(response if isinstance(response, str) else response.content.decode())
        assert self.now is self.top, f"<{self.now.tag}> is not closed"

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs}, self.now)
        self.now.inside.append(element)
        if tag not in VOID:
            self.now = element

    def handle_endtag(self, tag):
        assert tag in {self.now.tag, *VOID}, f"</{tag}> closes <{self.now.tag}>"
        if tag not in VOID:
            self.now = self.now.parent

    def handle_data(self, data):
        self.now.inside.append(data)

    def all(self, *tags):
        return list(self.top.all(*tags))

    @property
    def text(self):
        return next(self.top.all("body")).text

    def by_id(self, name):
        (found,) = [element for element in self.all() if element["id"] == name]
        return found

    def forms(self, action):
        return [form for form in self.all("form") if form["action"] == action]

    def posted(self, action, at=0):
        """{name: [value, …]} that a browser would post from the form with this action."""
        data = {}
        for box in self.forms(action)[at].all("input", "textarea", "select"):
            for value in _values(box):
                data.setdefault(box["name"], []).append(value)
        return data

    def errors(self):
        """[(sentence, the element that its link leads to)] of the error summary."""
        summaries = [box for box in self.all("div") if box["class"] == "govuk-error-summary"]
        lines = [line for box in summaries for line in box.all("li")]
        return [(line.text, self._target(line)) for line in lines]

    def _target(self, line):
        links = list(line.all("a"))
        return self.by_id(links[0]["href"].removeprefix("#")) if links else None


def _values(box):
    if box.tag == "textarea":
        return [re.sub(r"^\n", "", box.raw)]
    if box.tag == "select":
        options = list(box.all("option"))
        return [option["value"] for option in options if "selected" in option.attrs] or [options[0]["value"]]
    if box["type"] in ("checkbox", "radio"):
        return [box.attrs.get("value", "on")] if "checked" in box.attrs else []
    return [box["value"]]


def is_open(element):
    """Whether it can be seen: it is in no closed fold."""
    return all("open" in around.attrs for around in element.around() if around.tag == "details")


def typed(site, **answers):
    """A card as a browser posts it: what happened an hour ago, with these answers in place of its own."""
    seen = timezone.localtime(timezone.now() - timedelta(hours=1))
    plain = {
        "urgency": "routine",
        "site": str(getattr(site, "pk", site)),
        "seen_on-day": f"{seen.day}",
        "seen_on-month": f"{seen.month}",
        "seen_on-year": f"{seen.year}",
        "seen_time": f"{seen:%H%M}",
        "account": "A man bought food for a girl who looked frightened.",
        "about": ["no"],
        "basis": "self",
    }
    return {name: value for name, value in (plain | answers).items() if value is not None}


def typed_fully(site):
    """A card with every question answered, two people and a vehicle; every word can be found again."""
    words = {name: f"the {name}" for name in WORDS}
    rows = {
        f"{row}-{name}": f"the {name} of {row}"
        for row, names in {"people-0": PERSON, "people-1": PERSON, "vehicles-0": VEHICLE}.items()
        for name in names
    }
    choices = {
        "urgency": "emergency",
        "police_called": "on",
        "still_there": "gone",
        "zone": f"{site.pk}/{site.zone_list[1]}",
        "seen_time": "2250",
        "until_time": "2310",
        "time_is_approximate": "on",
        "about": ["site", "police"],
        "basis": "witness",
        "doubts": "on",
        "natures": ["gifts", "online"],
        "camera_from": "2245",
        "camera_until": "2315",
        "police_may_ring": "yes",
        "police_may_know_name": "no",
        "phone": "020 7946 0123",
        "people-0-looks": "13_15",
        "people-0-sex": "female",
        "people-1-looks": "50_over",
        "people-1-sex": "unsure",
    }
    return typed(site, **words | rows | choices)


WORDS = """police_log went place account source exact_words camera seen_before witnesses action_taken""".split()
PERSON = ["name", "description"]
VEHICLE = ["mark", "make", "company", "inside", "went"]
