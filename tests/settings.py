"""The product's own settings, with keys of this test run and nothing that slows a test down."""

import base64
import os
import secrets
import tempfile


def _key():
    return base64.b64encode(secrets.token_bytes(32)).decode()


os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(64))
os.environ.setdefault("FIELD_KEYS", f"test:{_key()}")
os.environ.setdefault("AUDIT_KEY", _key())
os.environ.setdefault("LINK_KEY", _key())
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("SECURE_SSL_REDIRECT", "0")

from cse_reports.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, as in real life: in a database in memory, threads that write at once shut each other out.
    name = os.path.join(tempfile.gettempdir(), f"cse-reports-test-{os.getpid()}.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": name}  # noqa: F405
