from django.utils.functional import SimpleLazyObject

from accounts.roles import Permission
from concerns import silence


def silent(request):
    """Whom to ring while messages are late, for whoever works a queue; asked for only where a page shows it."""
    return {"silent": SimpleLazyObject(lambda: _silence(getattr(request, "user", None)))}


def _silence(user):
    works_a_queue = user is not None and user.is_authenticated and user.may(Permission.WORK_QUEUE)
    return silence.silence(user) if works_a_queue else None
