from django.urls import path, re_path

from accounts import views

urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/app.png", views.totp_qr, name="totp_qr"),
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="invite"),
    path("people/bring-in/", views.bring_in, name="bring_in"),
    path("people/<uuid:pk>/", views.person, name="person"),
    path("people/<uuid:pk>/invite-again/", views.invite_again, name="invite_again"),
    path("people/<uuid:pk>/let-go/", views.let_go, name="let_go"),
    path("sites/", views.sites, name="sites"),
    path("sites/<uuid:pk>/", views.site, name="site"),
    path("invitations/<str:token>/", views.accept_invitation, name="accept_invitation"),
    path("demo/", views.demo_sign_in, name="demo_sign_in"),
    # Addresses are entered by managers and admins: allauth's own pages for them are closed.
    re_path("^accounts/(?:email|confirm-email)/", views.not_here),
]
