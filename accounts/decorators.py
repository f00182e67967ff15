from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.roles import Permission


def require_permission(permission: Permission):
    """The second lock: the role may use this verb at all, else 403; 404 where the address names a concern."""

    def lock(view):
        @wraps(view)
        def locked(request, *args, **kwargs):
            if not request.user.may(permission):
                raise Http404 if "reference" in kwargs else PermissionDenied
            return view(request, *args, **kwargs)

        return locked

    return lock
