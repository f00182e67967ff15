import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cse_reports.settings")
application = get_wsgi_application()

from cse_reports.checks import stop_if_unsafe  # noqa: E402  (the applications must be loaded first)

stop_if_unsafe()  # the server runs no checks of its own
