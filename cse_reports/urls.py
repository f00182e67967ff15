from django.contrib import admin
from django.urls import include, path

from cse_reports import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("concerns.urls")),
    path("", include("accounts.urls")),
    path("guidance/", include("guidance.urls")),
    path("healthz", views.healthz, name="healthz"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "cse_reports.views.bad_request"
handler403 = "cse_reports.views.permission_denied"
handler404 = "cse_reports.views.page_not_found"
handler500 = "cse_reports.views.server_error"
