"""Has this person shown only minutes ago, in this browser, that it is them?"""

import time

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.urls import reverse


def is_fresh(request):
    """Whether they signed in, or did so again, within the last five minutes."""
    records = get_authentication_records(request, request.user)
    return any(0 <= time.time() - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT for record in records)


def way_to_show_it(request):
    """Where they show again that it is them; for whoever only uses e-mailed codes that is the way out and in again."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    return methods[0]["url"] if methods else reverse("account_logout")
