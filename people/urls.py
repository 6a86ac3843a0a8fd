"""Addresses about people and organizations."""

from django.urls import include, path

from people.views import audit, home, invitations, members, profile, settings

in_organization = [
    path("", home.organization_home, name="organization-home"),
    path("people/", members.people, name="people"),
    path("people/<int:member_id>/", members.person, name="person"),
    path("people/<int:member_id>/change/", members.person_change, name="person-change"),
    path("people/<int:member_id>/hand-over/", members.person_hand_over, name="person-hand-over"),
    path("people/<int:member_id>/deactivate/", members.person_deactivate, name="person-deactivate"),
    path("people/<int:member_id>/reactivate/", members.person_reactivate, name="person-reactivate"),
    path("people/invitations/", invitations.invitations, name="invitations"),
    path("people/invitations/new/", invitations.invitation_new, name="invitation-new"),
    path(
        "people/invitations/<int:invitation_id>/renew/",
        invitations.invitation_renew,
        name="invitation-renew",
    ),
    path(
        "people/invitations/<int:invitation_id>/revoke/",
        invitations.invitation_revoke,
        name="invitation-revoke",
    ),
    path("settings/", settings.organization_settings, name="organization-settings"),
    path("settings/closure-days/", settings.closure_day_add, name="closure-day-add"),
    path(
        "settings/closure-days/<int:closure_id>/remove/",
        settings.closure_day_remove,
        name="closure-day-remove",
    ),
    path("settings/departments/", settings.departments, name="departments"),
    path(
        "settings/departments/<int:department_id>/",
        settings.department_edit,
        name="department-edit",
    ),
    path(
        "settings/departments/<int:department_id>/delete/",
        settings.department_delete,
        name="department-delete",
    ),
    path("audit/", audit.audit, name="audit"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("organizations/new/", home.organization_new, name="organization-new"),
    path("invitation/<str:token>/", home.invitation_accept, name="invitation-accept"),
    path("invitations/<int:invitation_id>/accept/", home.invitation_take, name="invitation-take"),
    path("profile/", profile.profile, name="profile"),
    path("theme/", profile.theme, name="theme"),
    path("o/<slug:organization>/", include(in_organization)),
]
