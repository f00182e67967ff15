from django.urls import path

from concerns.views import concern, desk, figures, queue, report, sent

urlpatterns = [
    path("report/", report.report, name="report"),
    path("concerns/", queue.queue, name="queue"),
    path("concerns/find/", queue.find, name="find"),
    path("desk/<uuid:pk>/", desk.desk, name="desk"),
    path("desk/<str:token>/", desk.desk_link, name="desk_link"),
    path("figures/", figures.figures, name="figures"),
    path("concerns/<str:reference>/", concern.concern, name="concern"),
    path("concerns/<str:reference>/print/", concern.printed, name="print"),
    path("concerns/<str:reference>/sent/", sent.sent, name="sent"),
    path("concerns/<str:reference>/told/", sent.told, name="told"),
    path("concerns/<str:reference>/note/", concern.note, name="note"),
    path("concerns/<str:reference>/acknowledge/", concern.acknowledge, name="acknowledge"),
]
