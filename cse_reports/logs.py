"""Logs and error mail that say where the code broke and nothing that a person typed."""

import logging
import re
import traceback

from django.utils.log import AdminEmailHandler

# A long part of an address that is no row's id: the key in the link of an invitation, a new password, a duty desk.
KEY = re.compile(r"(?<=/)(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w:.~=%-]))[\w:.~=%-]{32,}")


class BareFormatter(logging.Formatter):
    """Files, lines and the kind of exception. Its message, locals and SQL may quote a card, so they are left out.

    So is whatever opens a door: Django logs the address of a page that was not found, or that broke.
    """

    def formatMessage(self, record):
        return KEY.sub("(key)", super().formatMessage(record))

    def formatException(self, ei):
        frames = "".join(f"  {frame.filename}:{frame.lineno} {frame.name}\n" for frame in traceback.extract_tb(ei[2]))
        return f"{frames}{ei[0].__module__}.{ei[0].__qualname__}"


class BareAdminEmailHandler(AdminEmailHandler):
    """Django's own error mail quotes the posted form; this one carries the formatted record and no more."""

    def emit(self, record):
        self.send_mail(f"{record.levelname} in {record.name}", self.format(record), fail_silently=True)
