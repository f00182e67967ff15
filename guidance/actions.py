"""What people do with guidance."""

from django.db import transaction

from accounts.models import User
from guidance.models import Page, Version


class Superseded(Exception):
    """Somebody published in between; `version` is theirs. Nothing was stored."""

    def __init__(self, version: Version | None):
        super().__init__("Somebody published in between.")
        self.version = version


@transaction.atomic
def publish(*, page: Page, title: str, summary: str, body: str, by: User | None, after: int) -> Version:
    """The page's next version, if `after` is its newest (0: none yet), else Superseded. Same text, same version."""
    page = Page.objects.select_for_update().get(pk=page.pk)
    now = page.current
    if now and (now.title, now.summary, now.body) == (title, summary, body):
        return now
    if after != (now.number if now else 0):
        raise Superseded(now)
    page.current = page.versions.create(number=after + 1, title=title, summary=summary, body=body, author=by)
    page.save(update_fields=["current"])
    return page.current
