from django.apps import AppConfig
from django.contrib.admin import apps as admin


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People and places"
    default = True


class AdminConfig(admin.AdminConfig):
    default_site = "accounts.admin_site.AdminSite"
    default = False
