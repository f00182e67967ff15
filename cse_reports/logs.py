"""Logs and error mail that say where the code broke and nothing that a person typed."""

import logging
import traceback

from django.utils.log import AdminEmailHandler


class BareFormatter(logging.Formatter):
    """Files, lines and the kind of exception. Its message, locals and SQL may quote a card, so they are left out."""

    def formatException(self, ei):
        frames = "".join(f"  {frame.filename}:{frame.lineno} {frame.name}\n" for frame in traceback.extract_tb(ei[2]))
        return f"{frames}{ei[0].__module__}.{ei[0].__qualname__}"


class BareAdminEmailHandler(AdminEmailHandler):
    """Django's own error mail quotes the posted form; this one carries the formatted record and no more."""

    def emit(self, record):
        self.send_mail(f"{record.levelname} in {record.name}", self.format(record), fail_silently=True)
