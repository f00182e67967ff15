from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Names with a hash, compressed beforehand; modules that import one another are rewritten too."""

    support_js_module_import_aggregation = True
    manifest_strict = False  # an error page must not fail because a file is missing
