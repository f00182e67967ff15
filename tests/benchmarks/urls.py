"""The product's addresses, and a view that does as little as a view that stores something can."""

import uuid

from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST

from concerns.models import Head
from cse_reports import urls
from cse_reports.urls import handler400, handler403, handler404, handler500  # noqa: F401


@require_POST
def one_row(request):
    """Insert one row and redirect, behind the same middleware."""
    Head.objects.create(concern_id=uuid.uuid4(), count=0)
    return redirect("home")


urlpatterns = [path("one-row/", one_row), *urls.urlpatterns]
