from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.roles import Permission

TEXTS = {
    "home": "Home",
    "report": "Report",
    "people": "People",
    "figures": "Figures",
    "admin:index": "Admin",
    "guidance:index": "Guidance",
}


def menu(request):
    """The signed-in person's menu, worked out only where a page shows it: a page that does not needs no database."""
    return {"menu": SimpleLazyObject(lambda: items(request))}


def items(request):
    """What this person may open, their own account last. Nothing for somebody who has not signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    here = request.resolver_match.view_name if request.resolver_match else ""
    texts = TEXTS | ({"home": "Queue"} if user.may(Permission.WORK_QUEUE) else {}) | {"me": user.get_short_name()}
    return [
        {"text": texts[name], "url": reverse(name), "current": current(name, here), "account": name == "me"}
        for name in names(user)
    ]


def current(name, here):
    """What aria-current says of a menu entry: this page, this part of the service, or nothing."""
    same_part = name.partition(":")[0] == here.partition(":")[0]
    return "page" if name == here else "true" if same_part else ""


def names(user):
    """The addresses in this person's menu, in order."""
    if user.may(Permission.ADMINISTER):
        return ["admin:index", "guidance:index", "me"]
    wanted = {"report": Permission.REPORT, "people": Permission.INVITE, "figures": Permission.SEE_FIGURES}
    return ["home", *(name for name, verb in wanted.items() if user.may(verb)), "guidance:index", "me"]
