from allauth.account.decorators import secure_admin_login
from allauth.account.views import logout
from django.contrib import admin
from django.shortcuts import redirect
from django.utils.decorators import method_decorator


class AdminSite(admin.AdminSite):
    """Organisations, sites, people and guidance. One enters and leaves by the service's own pages."""

    site_title = site_header = "CSE Reports"
    index_title = "People, places and guidance"
    apps = ("accounts", "guidance")

    login = method_decorator(secure_admin_login)(admin.AdminSite.login)

    def get_urls(self):
        """Without Django's way to any row of any table: it would tell an admin which concerns there are."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def logout(self, request, extra_context=None):
        return logout(request)

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def register(self, model_or_iterable, admin_class=None, **options):
        """What packages register for themselves (addresses, sessions, groups) stays out."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        ours = [model for model in models if model._meta.app_label in self.apps]
        super().register(ours, admin_class, **options)
