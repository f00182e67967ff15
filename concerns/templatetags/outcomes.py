from django import template

from concerns import outcomes

register = template.Library()
register.filter("outcome", outcomes.name)
register.filter("recipient", outcomes.recipient)
register.filter("decided", outcomes.decided)
register.filter("done", outcomes.done)
