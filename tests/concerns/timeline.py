"""Time that a test can spend: a clock that stands until it is moved, and a post that may fail."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from concerns import worker
from concerns.channels import ChannelError
from concerns.models import Delivery, Footage, Message
from concerns.times import LONDON

NIGHT = datetime(2026, 11, 21, 23, 26, tzinfo=LONDON)


class Timeline:
    """A clock, and all the letters that left. `refuses` and `puts_off` are addresses; everything else is taken."""

    def __init__(self, monkeypatch, start=NIGHT):
        self.now, self.left, self.refuses, self.puts_off = start, [], set(), set()
        monkeypatch.setattr(timezone, "now", lambda: self.now)
        monkeypatch.setattr(worker, "Email", lambda: self)
        monkeypatch.setattr(worker, "Webhook", lambda secret: self)

    def send(self, letter, *, still_wanted):
        if letter.to in self.refuses:
            raise ChannelError("550 no such mailbox", permanent=True)
        if letter.to in self.puts_off:
            raise ChannelError("451 try later")
        if not still_wanted():
            return False
        self.left.append((self.now, letter))
        return True

    def work(self):
        """Do all that is due by now."""
        while worker.step():
            pass

    def next(self):
        """When time has something to do next."""
        waiting = [model.objects.aggregate(at=models.Min("act_at"))["at"] for model in (Delivery, Message, Footage)]
        return min((at for at in waiting if at), default=None)

    def spend(self, time):
        """Let this much time pass, and do what is due in it at its moment."""
        end = self.now + time
        self.work()
        while (at := self.next()) and at <= end:
            self.now = max(self.now, at)
            self.work()
        self.now = end

    def to(self, *addresses, since=timedelta(days=999)):
        """The letters that left for any of these, or for anybody."""
        return [letter for at, letter in self.left if not addresses or letter.to in addresses]
