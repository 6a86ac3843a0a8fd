from django.urls import path

from reminders import views

urlpatterns = [
    path("sent-mail/", views.sent_mail, name="sent-mail"),
    path("sent-mail/<int:message_id>/", views.sent_message, name="sent-message"),
    path("sent-mail/<int:message_id>/again/", views.send_again, name="sent-message-again"),
    path("reminders/", views.reminder_settings, name="reminder-settings"),
]
