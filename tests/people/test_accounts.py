"""Accounts end to end: sign-up, sign-in, reset, change of address, second step, sessions.

Mails are read from a real SMTP server.
"""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time
from smtplib import SMTPException
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from people.models import User
from tests import factories
from tests.factories import PASSWORD
from tests.people.conftest import Mailbox

pytestmark = pytest.mark.django_db
NEW = {"name": "Nora New", "email": "Nora@Example.org", "password1": PASSWORD}


def make_person(email: str = "paula@example.org") -> User:
    user = factories.make_user(email=email, name="Paula Person")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password})


def sign_in_surely(client: Client, email: str) -> None:
    """Signed in, and the password given again, as every change of the account asks."""
    sign_in(client, email)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def is_signed_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


class TestSignUp:
    def test_it_works_from_form_to_first_page(self, client: Client, mailbox: Mailbox) -> None:
        answer = client.post("/accounts/signup/", {**NEW, "time_zone": "Europe/Berlin"})
        assert answer["Location"] == "/accounts/confirm-email/"
        assert not is_signed_in(client)
        link = mailbox.last_link("nora@example.org")
        assert "Confirm your address" in client.get(link).content.decode()
        assert not EmailAddress.objects.get().verified, "opening a link changes nothing"
        answer = client.post(link, follow=True)
        assert 'value="nora@example.org"' in answer.content.decode(), "the address is at hand"
        assert "nora@" not in Client().get("/accounts/login/").content.decode()
        sign_in(client, "nora@example.org")
        user = User.objects.get()
        assert (user.name, user.email, user.time_zone) == (
            "Nora New",
            "nora@example.org",
            "Europe/Berlin",
        )
        assert client.get("/")["Location"] == "/organizations/new/"

    def test_without_confirmation_nobody_gets_in(self, client: Client, mailbox: Mailbox) -> None:
        client.post("/accounts/signup/", NEW)
        sign_in(client, "nora@example.org")
        assert not is_signed_in(client)

    def test_a_nonsense_zone_is_as_if_none(self, client: Client, mailbox: Mailbox) -> None:
        client.post("/accounts/signup/", {**NEW, "time_zone": "Mars/Olympus"})
        assert User.objects.get().time_zone == "UTC"

    @pytest.mark.parametrize("password", ["password123", "short", "0987654321", "noranew@example"])
    def test_weak_passwords_are_refused_with_a_reason(self, client: Client, password: str) -> None:
        answer = client.post("/accounts/signup/", {**NEW, "password1": password})
        assert answer.status_code == 200
        assert "is-invalid" in answer.content.decode()
        assert 'value="Nora New"' in answer.content.decode(), "nothing typed is lost"
        assert not User.objects.exists()

    def test_a_known_address_is_told_so_by_mail_only(
        self, client: Client, mailbox: Mailbox
    ) -> None:
        make_person("nora@example.org")
        answer = client.post("/accounts/signup/", NEW)
        assert answer["Location"] == "/accounts/confirm-email/"
        assert User.objects.count() == 1
        assert "account already" in mailbox.to("nora@example.org")[0]["Subject"]

    def test_mails_name_the_configured_address_whatever_the_host(
        self, client: Client, mailbox: Mailbox, settings: Any
    ) -> None:
        settings.ALLOWED_HOSTS = ["*"]
        client.post("/accounts/signup/", NEW, headers={"host": "evil.example"})
        make_person()
        client.post(
            "/accounts/password/reset/",
            {"email": "paula@example.org"},
            headers={"host": "evil.example"},
        )
        client.post(
            "/accounts/password/reset/",
            {"email": "unknown@example.org"},
            headers={"host": "evil.example"},
        )
        client.post("/accounts/signup/", NEW, headers={"host": "evil.example"})
        assert len(mailbox.mails) >= 3
        assert all("evil.example" not in each.as_string() for each in mailbox.mails)

    def test_a_mail_server_that_refuses_is_said_and_loses_nothing(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*args: Any, **kwargs: Any) -> None:
            raise SMTPException("550")

        monkeypatch.setattr(mail.EmailMessage, "send", refuse)
        answer = client.post("/accounts/signup/", NEW, follow=True)
        assert "could not be sent" in answer.content.decode()
        assert User.objects.count() == 1


class TestSignIn:
    def test_it_works_with_any_case_and_renews_the_session(self, client: Client) -> None:
        make_person()
        client.get("/accounts/login/")
        session = client.session
        session["before"] = "sign-in"
        session.save()
        before = session.session_key
        client.cookies["sessionid"] = before
        sign_in(client, "PAULA@example.org")
        assert is_signed_in(client)
        assert client.session.session_key != before
        assert not Session.objects.filter(session_key=before).exists()

    def test_a_wrong_password_says_no_more_than_an_unknown_address(self, client: Client) -> None:
        make_person()
        wrong = sign_in(client, "paula@example.org", "not the password").content.decode()
        unknown = sign_in(client, "nobody@example.org").content.decode()
        sentence = "The email address and/or password you specified are not correct."
        assert sentence in wrong
        assert sentence in unknown

    def test_it_is_throttled(self, client: Client) -> None:
        make_person()
        for _attempt in range(5):
            sign_in(client, "paula@example.org", "not the password")
        answer = sign_in(client, "paula@example.org")
        assert not is_signed_in(client), "the right password comes too late"
        assert "Too many failed login attempts" in answer.content.decode()

    def test_it_works_and_is_throttled_while_redis_is_away(
        self, client: Client, settings: Any
    ) -> None:
        make_person()
        away = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
        settings.CACHES = {**settings.CACHES, "default": away}
        sign_in(client, "paula@example.org")
        assert is_signed_in(client)
        other = Client()
        for _attempt in range(6):
            answer = sign_in(other, "paula@example.org", "not the password")
        assert "Too many failed login attempts" in answer.content.decode()

    def test_it_leads_on_to_where_the_person_wanted(self, cast: Any, client: Client) -> None:
        wanted = client.get("/o/northlake/people/")
        assert wanted["Location"] == "/accounts/login/?next=/o/northlake/people/"
        cast.member.user.set_password(PASSWORD)
        cast.member.user.save()
        answer = client.post(
            wanted["Location"], {"login": cast.member.user.email, "password": PASSWORD}
        )
        assert answer["Location"] == "/o/northlake/people/"

    def test_a_locked_out_person_stays_out(self, client: Client) -> None:
        user = make_person()
        user.is_active = False
        user.save()
        sign_in(client, user.email)
        assert not is_signed_in(client)

    def test_signing_out_needs_a_post(self, client: Client) -> None:
        make_person()
        sign_in(client, "paula@example.org")
        client.get("/accounts/logout/")
        assert is_signed_in(client)
        client.post("/accounts/logout/")
        assert not is_signed_in(client)

    def test_the_session_outlives_the_browser(self, client: Client) -> None:
        make_person()
        sign_in(client, "paula@example.org")
        assert client.cookies["sessionid"]["max-age"] == 60 * 60 * 24 * 30


class TestReset:
    def test_it_works_once(self, client: Client, mailbox: Mailbox) -> None:
        make_person()
        client.post("/accounts/password/reset/", {"email": "paula@example.org"})
        link = mailbox.last_link("paula@example.org")
        form = client.get(link, follow=True)
        client.post(
            form.redirect_chain[-1][0],
            {"password1": "a much better one", "password2": "a much better one"},
        )
        client.post("/accounts/logout/")
        sign_in(client, "paula@example.org", "a much better one")
        assert is_signed_in(client)
        assert "no longer" in Client().get(link, follow=True).content.decode()

    def test_an_unknown_address_looks_the_same(self, client: Client, mailbox: Mailbox) -> None:
        answer = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
        assert answer["Location"] == "/accounts/password/reset/done/"
        assert "no account" in mailbox.to("nobody@example.org")[0]["Subject"]

    def test_other_sessions_end_with_the_old_password(
        self, client: Client, mailbox: Mailbox
    ) -> None:
        make_person()
        stolen = Client()
        sign_in(stolen, "paula@example.org")
        client.post("/accounts/password/reset/", {"email": "paula@example.org"})
        form = client.get(mailbox.last_link("paula@example.org"), follow=True)
        client.post(
            form.redirect_chain[-1][0],
            {"password1": "a much better one", "password2": "a much better one"},
        )
        assert not is_signed_in(stolen)


class TestChangeOfAddress:
    def test_the_old_address_stays_until_the_new_one_is_confirmed(
        self, client: Client, mailbox: Mailbox
    ) -> None:
        user = make_person()
        sign_in_surely(client, user.email)
        client.post("/accounts/email/", {"action_add": "", "email": "paula@example.com"})
        user.refresh_from_db()
        assert user.email == "paula@example.org"
        client.post(mailbox.last_link("paula@example.com"))
        user.refresh_from_db()
        assert user.email == "paula@example.com"
        told = mailbox.to("paula@example.org")[-1].get_content()
        assert "paula@example.com" in told, "who held the account before is told"
        sign_in(fresh := Client(), "paula@example.com")
        assert is_signed_in(fresh)

    def test_somebody_elses_address_is_not_given_away(
        self, client: Client, mailbox: Mailbox
    ) -> None:
        make_person("taken@example.org")
        user = make_person()
        sign_in_surely(client, user.email)
        client.post("/accounts/email/", {"action_add": "", "email": "taken@example.org"})
        user.refresh_from_db()
        assert user.email == "paula@example.org"

    def test_it_asks_for_the_password_again(self, client: Client) -> None:
        user = make_person()
        sign_in(client, user.email)
        answer = client.post("/accounts/email/", {"action_add": "", "email": "x@new.example"})
        assert answer["Location"].startswith("/accounts/reauthenticate/")


def totp(secret: str) -> str:
    """The code that an authenticator shows now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    mac = hmac.digest(base64.b32decode(secret), counter, "sha1")
    (value,) = struct.unpack_from(">I", mac, mac[-1] & 0x0F)
    return f"{(value & 0x7FFFFFFF) % 10**6:06}"


class TestSecondStep:
    def activate(self, client: Client) -> str:
        page = client.get("/accounts/2fa/totp/activate/")
        secret: str = page.context["form"].secret
        answer = client.post("/accounts/2fa/totp/activate/", {"code": totp(secret)})
        assert answer.status_code == 302
        return secret

    def test_it_works_with_a_code_and_with_a_recovery_code_once(
        self, client: Client, mailbox: Mailbox
    ) -> None:
        make_person()
        sign_in_surely(client, "paula@example.org")
        secret = self.activate(client)
        codes = client.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
        assert len(codes) == 10
        phone = Client()
        assert sign_in(phone, "paula@example.org")["Location"] == "/accounts/2fa/authenticate/"
        assert not is_signed_in(phone)
        phone.post("/accounts/2fa/authenticate/", {"code": "000000"})
        assert not is_signed_in(phone)
        from django.core.cache import cache

        cache.clear()  # a code is good once: its use while activating is remembered there
        phone.post("/accounts/2fa/authenticate/", {"code": totp(secret)})
        assert is_signed_in(phone)
        for expected in (True, False):
            lost = Client()
            sign_in(lost, "paula@example.org")
            lost.post("/accounts/2fa/authenticate/", {"code": codes[0]})
            assert is_signed_in(lost) is expected

    def test_a_wrong_code_does_not_activate(self, client: Client) -> None:
        make_person()
        sign_in_surely(client, "paula@example.org")
        answer = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
        assert answer.status_code == 200
        again = Client()
        sign_in(again, "paula@example.org")
        assert is_signed_in(again)

    def test_it_can_be_switched_off(self, client: Client, mailbox: Mailbox) -> None:
        make_person()
        sign_in_surely(client, "paula@example.org")
        self.activate(client)
        client.post("/accounts/2fa/totp/deactivate/")
        told = mailbox.to("paula@example.org")[-1]
        assert "Deactivated" in told["Subject"]
        assert "Was it you?" in told.get_content()
        again = Client()
        sign_in(again, "paula@example.org")
        assert is_signed_in(again)


class TestSessions:
    def test_the_list_shows_each_and_signs_the_others_out(self, client: Client) -> None:
        make_person()
        other = Client(headers={"user-agent": "Somewhere/1.0"})
        for browser in (other, client):
            sign_in(browser, "paula@example.org")
            assert is_signed_in(browser)
        page = client.get("/accounts/sessions/")
        assert len(page.context["sessions"]) == 2
        client.post("/accounts/sessions/")
        assert is_signed_in(client)
        assert not is_signed_in(other)

    def test_being_seen_costs_nothing_at_most_requests(
        self, client: Client, django_assert_num_queries: Any
    ) -> None:
        make_person()
        sign_in(client, "paula@example.org")
        assert is_signed_in(client)
        with django_assert_num_queries(2):  # the session and the person
            client.get("/profile/")


def test_account_mails_stand_in_no_table(client: Client, mailbox: Mailbox) -> None:
    """Nothing that an administrator could read holds a link of an account mail."""
    from django.apps import apps

    client.post("/accounts/signup/", NEW)
    make_person()
    client.post("/accounts/password/reset/", {"email": "paula@example.org"})
    keys = {mailbox.last_link(a).split("/")[-2] for a in ("nora@example.org", "paula@example.org")}
    assert len(keys) == 2
    for model in apps.get_models():
        if model._meta.app_label in {"sessions"} or not model._meta.managed:
            continue
        for row in model._default_manager.values():
            assert not any(key in str(row) for key in keys), model._meta.label


def test_without_a_mail_server_mails_go_to_the_log(
    client: Client, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    client.post("/accounts/signup/", NEW)
    assert re.search(r"http://testserver/accounts/confirm-email/\S+/", capsys.readouterr().out)
