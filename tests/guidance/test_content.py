"""What the guidance must say, whoever rewrites it: the points of the founding card, and every number on it."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from guidance.models import Helpline, Page

CONTENT = settings.BASE_DIR / "guidance" / "content"
WRITTEN = [*CONTENT.iterdir(), *Path(settings.BASE_DIR / "templates" / "guidance").iterdir()]

SAID = {
    "what-is-cse": [
        "kind of child sexual abuse",
        "under 18",
        "One person may do it, or a group",
        "trick, pressure or force",
        "power over a child",
        "Something is given for it",
        "gains money or respect",
        "may seem to agree.** That changes nothing",
        "Nobody has to touch the child",
        "online",
        "Government’s definition for England",
        "Scotland has a definition of its own",
        "A girl or a boy",
        "Both are exploited",
    ],
    "why-you-matter": [
        "go on unseen",
        "eyes and ears for your community",
        "keep its children safe",
        "What you know counts",
        "change a child’s life",
        "everybody’s job",
        "Every piece of information counts, however small",
    ],
    "spot-the-signs": [
        "## Anywhere",
        "## Shopping centre",
        "## Hotel",
        "## Service station",
        "## Railway or bus station",
        "## Pub, club or venue",
        "## Takeaway or restaurant",
        "## Football ground",
        "## Park or street",
        "## Online",
        "## Boys and young men",
    ],
    "what-to-do": [
        "(tel:999) if a child is in danger now",
        "(tel:101) if the police should act",
        "(sms:61016)",
        "Write it down",
        "Date, time and place",
        "number plate",
        "your manager",
        "your company’s head office",
        "the customer whose site it is",
        "the police",
        "Every piece of information counts, however small",
        "## Do not",
        "Confront, accuse or follow",
        "Photograph or film a child",
        "## If a child talks to you",
        "promise",
        "Stop. Do not copy it, save it or forward it",
        "press 55",
    ],
    "helplines": ["(tel:999)", "never instead", "We did not ring it"],
}
REACHED = {
    "police-999": ["999"],
    "police-101": ["101"],
    "british-transport-police": ["0800 40 50 40", "61016"],
    "relay-emergency": ["18000"],
    "relay-101": ["18001 101"],
    "nspcc": ["0808 800 5000", "help@nspcc.org.uk", "nspcc.org.uk/keeping-children-safe/reporting-abuse/report/"],
    "crimestoppers": ["0800 555 111", "crimestoppers-uk.org"],
    "ceop": ["www.ceop.police.uk"],
    "ceop-education": ["www.ceopeducation.co.uk"],
    "barnardos": ["www.barnardos.org.uk"],
    "childrens-society": ["www.childrenssociety.org.uk"],
    "childline": ["0800 1111"],
    "nspcc-whistleblowing": ["0800 028 0285"],
    "modern-slavery": ["08000 121 700"],
    "missing-people": ["116 000"],
    "iwf": ["www.iwf.org.uk"],
    "nightwatch-scotland": ["0800 389 0131"],
    "sia": ["www.gov.uk/government/publications/advice-for-security-operatives"],
}
BLAMING = (
    r"prostitut|under-?age|promiscu|lifestyle choice|child porn|kiddie|boyfriend|girlfriend|paedo"
    r"|put(s|ting)? (him|her|them)sel(f|ves) at risk|sexually active|streetwise|consenting child|victim|offender"
)


@pytest.mark.parametrize(("slug", "sentence"), [(slug, said) for slug, every in SAID.items() for said in every])
def test_the_page_says_it(guidance, slug, sentence):
    assert sentence in Page.objects.get(slug=slug).current.body


@pytest.mark.parametrize(("key", "ways"), REACHED.items())
def test_the_helpline_is_there(guidance, key, ways):
    line = Helpline.objects.shown().get(key=key)
    reached = " ".join([line.number, line.text_number, line.web_address, line.email])
    assert all(way in reached for way in ways)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_no_word_blames_a_child(path):
    assert not re.search(BLAMING, path.read_text(encoding="utf-8"), re.IGNORECASE)


@pytest.mark.parametrize("path", [*CONTENT.glob("*.md")], ids=lambda path: path.name)
def test_the_words_are_plain(path):
    words = re.sub(r"\]\([^)]*\)|[#*>\[\]]", "", path.read_text(encoding="utf-8"))
    sentences = [sentence.split() for sentence in re.split(r"(?<=[.!?:])\s|\n", words) if sentence.strip(" -")]
    assert sum(map(len, sentences)) / len(sentences) < 13
    assert max(map(len, sentences)) <= 30


def test_what_nobody_has_compared_claims_no_date(guidance):
    assert list(Helpline.objects.filter(last_checked=None).values_list("key", flat=True)) == ["nightwatch-scotland"]
