from django.http import HttpResponse
from django.urls import path

urlpatterns = [
    path("", lambda r: HttpResponse(), name="home"),
    path("report/", lambda r: HttpResponse(), name="report"),
    path("concerns/", lambda r: HttpResponse(), name="queue"),
]
