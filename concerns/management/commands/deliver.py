import signal
import threading
import uuid

from django.core.management.base import BaseCommand

from concerns import worker

BY_THE_CLOCK = uuid.UUID(int=0)  # all that are started for one turn are one worker


class Command(BaseCommand):
    help = "Send what is due, remind and pass upward, until stopped. As many as wanted may run at once."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what is due now, and end")

    def handle(self, *args, once, verbosity, **options):
        if once:
            worker.beat(BY_THE_CLOCK)
            done = 0
            while worker.step():
                done += 1
            if verbosity:
                self.stdout.write(f"{done} done.")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if verbosity:
            self.stdout.write("Sending what is due. Ctrl-C stops it.")
        worker.run(stop)
        if verbosity:
            self.stdout.write("Stopped.")
