"""Check every history against its card, rows, notes, decisions and questions, and name whatever does not fit."""

from collections import Counter

from django.core.management.base import BaseCommand

from concerns import history

KINDS = ("cards", "events", "notes", "people", "vehicles", "decisions", "questions", "answers")


class Command(BaseCommand):
    help = "Names every event and all evidence that was changed, removed, added or moved, and then exits with 1."

    def handle(self, *args, **options):
        checked, found = Counter(), 0
        for one, problems in history.verify():
            checked.update({kind: len(getattr(one, kind)) for kind in KINDS})
            found += len(problems)
            for problem in problems:
                self.stdout.write(f"{one}: {problem}")
        counted = ", ".join(f"{checked[kind]} {kind}" for kind in KINDS)
        self.stdout.write(f"Checked {counted}. {f'Does not fit: {found}.' if found else 'Everything fits.'}")
        if found:
            raise SystemExit(1)
