from django import template
from django.conf import settings

from accounts import demo

register = template.Library()

# The first that is named wins: Edge also says Chrome, and Chrome also says Safari.
BROWSERS = {
    "Edg": "Edge",
    "SamsungBrowser": "Samsung browser",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
}
BROWSERS |= {"CriOS": "Chrome", "Chrome": "Chrome", "Safari": "Safari"}
DEVICES = {"iPhone": "an iPhone", "iPad": "an iPad", "Android": "an Android phone", "Windows": "Windows"}
DEVICES |= {"Mac OS": "a Mac", "CrOS": "a Chromebook", "Linux": "Linux"}


@register.simple_tag
def demo_people():
    """[(name, what they are)] for a trial's sign-in page; nobody where it is not a trial."""
    return [(name, role) for name, (role, _, _) in demo.PEOPLE.items()] if settings.DEMO else []


@register.filter
def in_fours(letters):
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


@register.filter
def unbroken(number):
    """A telephone number that stays on one line."""
    return str(number).replace(" ", "\u00a0")


@register.filter
def browser(user_agent):
    """ "Chrome on an Android phone", as well as the browser's own words tell."""
    name = next((BROWSERS[sign] for sign in BROWSERS if sign in user_agent), "A browser")
    device = next((DEVICES[sign] for sign in DEVICES if sign in user_agent), "")
    return f"{name} on {device}" if device else name
