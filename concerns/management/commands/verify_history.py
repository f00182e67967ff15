"""Check every history against its cards, notes and rows, and name whatever does not fit."""

from collections import Counter

from django.core.management.base import BaseCommand

from concerns import history


class Command(BaseCommand):
    help = (
        "Names every event, card, row or note that was changed, removed, added or moved. Exits with 1 if there is any."
    )

    def handle(self, *args, **options):
        checked, found = Counter(), 0
        for one, problems in history.verify():
            checked.update(concerns=1, events=len(one.events), notes=len(one.notes))
            checked.update(people=len(one.people), vehicles=len(one.vehicles))
            found += len(problems)
            for problem in problems:
                self.stdout.write(f"{one}: {problem}")
        kinds = ("concerns", "events", "notes", "people", "vehicles")
        counted = ", ".join(f"{checked[kind]} {kind}" for kind in kinds)
        self.stdout.write(f"Checked {counted}: {f'{found} do not fit.' if found else 'everything fits.'}")
        if found:
            raise SystemExit(1)
