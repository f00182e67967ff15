from django import template
from django.utils import timezone

from concerns import facts, figures, wording
from concerns.routing import Urgency

register = template.Library()
register.filter("clock", wording.clock)
register.filter("moment", wording.moment)
register.filter("stamp", wording.stamp)
register.filter("role", wording.role)
register.filter("described", facts.described)
register.filter("parties", facts.parties)
register.filter("within", figures.within)


@register.filter
def by(at):
    return wording.by(at, timezone.now())


@register.filter
def countdown(until):
    return wording.countdown(until, timezone.now())


@register.filter
def left(due):
    return wording.left(due, timezone.now())


@register.filter
def urgency(code):
    return Urgency(code).label
