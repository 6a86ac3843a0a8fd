"""The pages around sign-in, walked as a person walks them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client

PASSWORD = "a long road home 7"


@pytest.fixture
def maya(cast: Any) -> Any:
    user = cast.member.user
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user


def sign_in(client: Client, user: Any, password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": user.email, "password": password})


def sign_in_and_prove(client: Client, user: Any, path: str) -> None:
    """Sign in, ask for a page that changes how one signs in, and show once more who one is."""
    sign_in(client, user)
    asked = client.get(path)
    assert "Is it you?" in client.get(asked.url).content.decode()
    client.post(asked.url, {"password": PASSWORD})


def test_a_wrong_password_is_said_above_the_form(client: Client, maya: Any) -> None:
    response = sign_in(client, maya, "wrong")
    html = response.content.decode()
    assert "One thing to correct" in html
    assert maya.email in html, "what was typed is kept"
    assert "wrong" not in html


def test_second_step_is_set_up_and_then_asked_for(client: Client, maya: Any) -> None:
    sign_in_and_prove(client, maya, "/accounts/2fa/totp/activate/")
    html = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r"Key:\s*<b>([A-Z2-7]+)</b>", html)
    assert secret
    code = totp.format_hotp_value(
        totp.hotp_value(secret[1], next(totp.yield_hotp_counters_from_time()))
    )
    response = client.post("/accounts/2fa/totp/activate/", {"code": code}, follow=True)
    assert "of 10 left" in response.content.decode(), "the recovery codes are shown at once"
    assert "On" in client.get("/accounts/2fa/").content.decode()
    assert "stop working" in client.get("/accounts/2fa/totp/deactivate/").content.decode()
    assert "stop working" in client.get("/accounts/2fa/recovery-codes/generate/").content.decode()

    other = Client()
    asked = sign_in(other, maya)
    page = other.get(asked.url).content.decode()
    assert "six digits" in page
    assert "Sign in as someone else" in page


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(
    client: Client, maya: Any
) -> None:
    response = client.post("/accounts/password/reset/", {"email": maya.email}, follow=True)
    assert "Look in your mail" in response.content.decode()
    link = re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)
    assert link
    form = client.get(link[1], follow=True)
    assert "Choose a new password" in form.content.decode()
    words = {"password1": "another road home 8", "password2": "another road home 8"}
    client.post(form.request["PATH_INFO"], words)
    assert sign_in(Client(), maya, "another road home 8").status_code == 302
    again = Client().get(link[1], follow=True)
    assert "This link has been used or is too old" in again.content.decode()


def test_a_change_of_address_waits_for_its_confirmation(client: Client, maya: Any) -> None:
    old = maya.email
    sign_in_and_prove(client, maya, "/accounts/2fa/totp/activate/")
    client.post("/accounts/email/", {"email": "maya.new@example.org", "action_add": ""})
    page = client.get("/accounts/email/").content.decode()
    assert "maya.new@example.org is not confirmed yet" in page
    assert old in page
    sent = next(m for m in mail.outbox if m.to == ["maya.new@example.org"])
    link = re.search(r"https?://[^/\s]+(/accounts/confirm-email/\S+)", sent.body)
    assert link
    confirm = client.get(link[1])
    assert "Yes, it is mine" in confirm.content.decode()
    maya.refresh_from_db()
    assert maya.email == old, "opening the link changes nothing"
    client.post(link[1])
    maya.refresh_from_db()
    assert maya.email == "maya.new@example.org"


def test_a_broken_confirmation_link_says_what_to_do(client: Client, db: None) -> None:
    html = client.get("/accounts/confirm-email/nonsense/").content.decode()
    assert "This link no longer works" in html
    assert html.count("btn-primary") == 1


def test_sessions_are_listed_and_others_can_be_ended(client: Client, maya: Any) -> None:
    elsewhere = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
    sign_in(elsewhere, maya)
    sign_in(client, maya)
    page = client.get("/accounts/sessions/").content.decode()
    assert "Firefox, Windows" in page
    assert page.count("This one") == 1
    client.post("/accounts/sessions/")
    assert elsewhere.get("/accounts/sessions/").status_code == 302
    assert client.get("/accounts/sessions/").status_code == 200


def test_sign_out_asks_first_and_only_a_post_does_it(client: Client, maya: Any) -> None:
    sign_in(client, maya)
    assert "Sign out?" in client.get("/accounts/logout/").content.decode()
    assert client.get("/accounts/sessions/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/accounts/sessions/").status_code == 302


@pytest.mark.parametrize(
    ("page", "sentences"),
    [
        ("login", ["Give the address you signed up with.", "Give your password."]),
        ("signup", ["Say what your colleagues call you.", "Choose a password."]),
        ("password/reset", ["Give an e-mail address."]),
    ],
)
def test_an_empty_form_asks_for_what_is_missing(
    client: Client, db: None, page: str, sentences: list[str]
) -> None:
    said = client.post(f"/accounts/{page}/", {}).content.decode()
    assert "This field is required" not in said
    for sentence in sentences:
        assert sentence in said
