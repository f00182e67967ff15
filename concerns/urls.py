from django.urls import path, register_converter

from concerns.routing import Recipient
from concerns.views import concern, decisions, desk, figures, handover, pack, questions, queue, report, sent, telling


class RecipientConverter:
    regex = "|".join(Recipient)
    to_python, to_url = Recipient, str


register_converter(RecipientConverter, "recipient")

urlpatterns = [
    path("report/", report.report, name="report"),
    path("concerns/", queue.queue, name="queue"),
    path("concerns/find/", queue.find, name="find"),
    path("desk/<uuid:pk>/", desk.desk, name="desk"),
    path("desk/<str:token>/", desk.desk_link, name="desk_link"),
    path("figures/", figures.figures, name="figures"),
    path("handover/", handover.handover, name="handover"),
    path("concerns/<str:reference>/", concern.concern, name="concern"),
    path("concerns/<str:reference>/print/", concern.printed, name="print"),
    path("concerns/<str:reference>/pack/", pack.pack, name="pack"),
    path("concerns/<str:reference>/sent/", sent.sent, name="sent"),
    path("concerns/<str:reference>/told/", sent.told, name="told"),
    path("concerns/<str:reference>/told/<recipient:recipient>/", telling.told_them, name="told_them"),
    path("concerns/<str:reference>/script/", telling.script, name="script"),
    path("concerns/<str:reference>/hold/", telling.hold, name="hold"),
    path("concerns/<str:reference>/hold/end/", telling.end_hold, name="end_hold"),
    path("concerns/<str:reference>/saved/", telling.saved, name="saved"),
    path("concerns/<str:reference>/note/", concern.note, name="note"),
    path("concerns/<str:reference>/acknowledge/", concern.acknowledge, name="acknowledge"),
    path("concerns/<str:reference>/release/", decisions.release, name="release"),
    path("concerns/<str:reference>/pass-on/", decisions.pass_on, name="pass_on"),
    path("concerns/<str:reference>/keep-from/", decisions.keep_from, name="keep_from"),
    path("concerns/<str:reference>/close/", decisions.close, name="close"),
    path("concerns/<str:reference>/ask/", questions.ask, name="ask"),
    path("concerns/<str:reference>/answer/", questions.answer, name="answer"),
]
