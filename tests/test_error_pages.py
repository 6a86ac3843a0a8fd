"""What the browser shows where an address has no page."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from people.models import Membership
from tests.conftest import Cast

Clients = Callable[[Membership], Client]

ONLY_A_FORM = "/o/northlake/own/channel/1/claim/"


def test_an_address_that_takes_only_a_form_says_so(cast: Cast, client_of: Clients) -> None:
    answer = client_of(cast.admin).get(ONLY_A_FORM)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert "nothing was changed" in answer.content.decode()


def test_it_says_the_same_to_an_outsider(cast: Cast, client_of: Clients) -> None:
    answer = client_of(cast.outsider).get(ONLY_A_FORM)
    assert answer.content == client_of(cast.admin).get(ONLY_A_FORM).content


def test_another_method_gets_the_plain_answer(cast: Cast, client_of: Clients) -> None:
    answer = client_of(cast.admin).put(ONLY_A_FORM)
    assert answer.status_code == 405
    assert answer.content == b""
