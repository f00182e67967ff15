import signal
import threading

from django.core.management.base import BaseCommand, CommandError

from concerns import worker


class Command(BaseCommand):
    help = "Send what is due, remind and pass upward, until stopped. As many as wanted may run at once."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what is due now, and end")

    def handle(self, *args, once, verbosity, **options):
        if once:
            done, broken = worker.once()
            if verbosity:
                self.stdout.write(f"{done} done.")
            if broken:
                raise CommandError(f"{broken} could not be done. The log says why; they are tried again.")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if verbosity:
            self.stdout.write("Sending what is due. Ctrl-C stops it.")
        worker.run(stop)
        if verbosity:
            self.stdout.write("Stopped.")
