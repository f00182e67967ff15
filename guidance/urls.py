from django.http import HttpResponse
from django.urls import path

app_name = "guidance"
urlpatterns = [
    path("", lambda r: HttpResponse(), name="index"),
    path("helplines/", lambda r: HttpResponse(), name="helplines"),
]
