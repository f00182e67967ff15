import json
from pathlib import Path

from django.core.management.base import BaseCommand
from django.db.models import Q

from guidance import actions
from guidance.models import Helpline, Page

CONTENT = Path(__file__).resolve().parents[2] / "content"


class Command(BaseCommand):
    help = (
        "Add the pages and helplines that came with the service and are not there yet. Changes nothing that is there."
    )

    def handle(self, *args, **options):
        pages = sum(add_page(position, **page) for position, page in enumerate(read("pages"), start=1))
        helplines = sum(add_helpline(position, **line) for position, line in enumerate(read("helplines"), start=1))
        if options["verbosity"]:
            self.stdout.write(f"Guidance: added {pages} pages and {helplines} helplines.")


def read(name):
    return json.loads((CONTENT / f"{name}.json").read_text(encoding="utf-8"))


def add_page(position, *, slug, title, summary):
    """Whether the page was not there. One that somebody has edited stays as it is."""
    page, _ = Page.objects.get_or_create(slug=slug, defaults={"position": position * 10})
    if page.current:
        return False
    body = (CONTENT / f"{slug}.md").read_text(encoding="utf-8").strip()
    try:
        actions.publish(page=page, title=title, summary=summary, body=body, by=None, after=0)
    except actions.Superseded:  # another run was quicker
        return False
    return True


def add_helpline(position, *, key, **facts):
    """Whether the helpline was not there. One that was renamed, changed or hidden stays as it is."""
    if Helpline.objects.filter(Q(key=key) | Q(name=facts["name"])).exists():
        return False
    _, added = Helpline.objects.get_or_create(key=key, defaults=facts | {"position": position * 10})
    return added
