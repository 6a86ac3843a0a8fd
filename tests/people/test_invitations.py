"""Invitations: bound to an address, good once, expiring, revocable, resent, copied."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from people import services
from people.errors import NotAllowed, Refused
from people.models import Activity, Invitation, Membership
from people.permissions import INVITABLE
from tests import factories
from tests.people.conftest import Mailbox
from tests.people.test_accounts import NEW, sign_in

pytestmark = pytest.mark.django_db
LIST = "/o/northlake/people/invitations/"
NEW_ADDRESS = f"{LIST}new/"
WHOM = {"email": "nora@example.org", "role": "member"}


def invite(cast: Any, **kw: Any) -> services.Offer:
    facts = {"organization": cast.organization, "department": None, "by": cast.admin}
    return services.create_invitation(**{**facts, **WHOM, "now": timezone.now(), **kw})


def link_of(offer: services.Offer) -> str:
    return f"/invitation/{offer.token}/"


def nora(email: str = "nora@example.org") -> Any:
    return factories.make_user(email=email, name="Nora New")


def browser_of(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


class TestInvite:
    def test_it_works(self, cast: Any, client_of: Any, mailbox: Mailbox) -> None:
        retail = factories.make_department(cast.organization, name="Retail")
        client = client_of(cast.manager)
        assert client.get(NEW_ADDRESS).status_code == 200
        page = client.post(NEW_ADDRESS, {**WHOM, "department": retail.pk}).content.decode()
        (mail,) = mailbox.to("nora@example.org")
        assert mail["Subject"] == "Ines Manager invites you to Northlake Bank"
        link = mailbox.last_link("nora@example.org")
        assert f"http://testserver{link}" in page, "the link can be copied"
        invitation = Invitation.objects.get()
        assert link.split("/")[2] not in str(vars(invitation)), "the token is stored nowhere"
        assert invitation.department == retail
        assert link.split("/")[2] not in client.get(LIST).content.decode()

    @pytest.mark.parametrize("role", ["admin", "manager"])
    def test_a_manager_cannot_offer_more_than_a_member(
        self, cast: Any, client_of: Any, role: str
    ) -> None:
        answer = client_of(cast.manager).post(NEW_ADDRESS, {**WHOM, "role": role})
        assert answer.status_code == 422
        with pytest.raises(NotAllowed):
            invite(cast, by=cast.manager, role=role)
        assert not Invitation.objects.exists()

    def test_the_table_decides_what_may_be_offered(self, cast: Any) -> None:
        for giver, by in cast.roles.items():
            for role in cast.roles:
                email = f"{giver}-{role}@example.org"
                if role in INVITABLE[giver]:
                    assert invite(cast, by=by, role=role, email=email).invitation.role == role
                else:
                    with pytest.raises(NotAllowed):
                        invite(cast, by=by, role=role, email=email)

    @pytest.mark.parametrize(
        ("email", "sentence"),
        [
            ("MAYA@example.org", "Maya Member is a member already."),
            ("dora@example.org", "Reactivate them instead"),
        ],
    )
    def test_who_belongs_here_is_not_invited(
        self, cast: Any, client_of: Any, email: str, sentence: str
    ) -> None:
        answer = client_of(cast.admin).post(NEW_ADDRESS, {**WHOM, "email": email})
        assert answer.status_code == 409
        assert sentence in answer.content.decode()
        assert email in answer.content.decode(), "nothing typed is lost"

    def test_nobody_is_invited_twice(self, cast: Any, client_of: Any) -> None:
        invite(cast)
        answer = client_of(cast.admin).post(NEW_ADDRESS, {**WHOM, "email": "NORA@example.org"})
        assert answer.status_code == 409
        assert "invited already" in answer.content.decode()

    def test_an_expired_offer_makes_room(self, cast: Any) -> None:
        invite(cast, now=timezone.now() - timedelta(days=15))
        invite(cast)
        assert Invitation.objects.filter(revoked_at=None).count() == 1

    def test_a_mail_server_that_is_down_loses_nothing(
        self, cast: Any, client_of: Any, settings: Any
    ) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        page = client_of(cast.admin).post(NEW_ADDRESS, WHOM).content.decode()
        assert "could not be sent" in page
        assert "/invitation/" in page
        assert Invitation.objects.count() == 1

    def test_without_mail_server_it_says_so(
        self, cast: Any, client_of: Any, settings: Any, capsys: Any
    ) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
        page = client_of(cast.admin).post(NEW_ADDRESS, WHOM).content.decode()
        assert "No mail server is set up here" in page
        assert "/invitation/" in capsys.readouterr().out

    def test_outsider_gets_404(self, cast: Any, client_of: Any) -> None:
        assert client_of(cast.outsider).post(NEW_ADDRESS, WHOM).status_code == 404
        with pytest.raises(NotAllowed):
            invite(cast, by=cast.outsider)


class TestAccept:
    def test_a_new_person_signs_up_and_joins(
        self, cast: Any, client: Client, mailbox: Mailbox
    ) -> None:
        link = link_of(invite(cast))
        page = client.get(link).content.decode()
        assert "Join Northlake Bank" in page
        assert "nora@example.org" in page
        assert not Membership.objects.filter(user__email="nora@example.org").exists()
        client.post(f"/accounts/signup/?next={link}", {**NEW, "next": link})
        client.post(mailbox.last_link("nora@example.org"))
        sign_in(client, "nora@example.org")
        home = client.get("/").content.decode()
        assert "You are invited" in home, "even if the link was lost on the way"
        answer = client.post(link)
        assert answer["Location"] == "/o/northlake/"
        membership = Membership.objects.get(user__email="nora@example.org")
        assert membership.role == "member"
        assert Activity.objects.filter(verb="member.joined", actor=membership).exists()

    def test_someone_with_an_account_joins_from_the_first_page(self, cast: Any) -> None:
        offer = invite(cast)
        client = browser_of(nora())
        answer = client.post(f"/invitations/{offer.invitation.pk}/accept/")
        assert answer["Location"] == "/o/northlake/"

    def test_it_is_good_once(self, cast: Any) -> None:
        link = link_of(invite(cast))
        client = browser_of(nora())
        client.post(link)
        answer = client.post(link)
        assert answer.status_code == 409
        assert "accepted already" in answer.content.decode()

    def test_opening_it_changes_nothing(self, cast: Any) -> None:
        link = link_of(invite(cast))
        for browser in (Client(), browser_of(nora())):
            assert browser.get(link).status_code == 200
        assert Invitation.objects.get().accepted_at is None

    def test_the_wrong_account_gets_a_clear_page_and_nothing_else(self, cast: Any) -> None:
        link = link_of(invite(cast))
        client = browser_of(nora("other@example.org"))
        page = client.get(link).content.decode()
        assert "The invitation is for nora@example.org; you are signed in as other@" in page
        answer = client.post(link)
        assert answer.status_code == 409
        assert Membership.objects.filter(user__email="other@example.org").count() == 0
        pk = Invitation.objects.get().pk
        assert client.post(f"/invitations/{pk}/accept/").status_code == 404

    def test_an_unconfirmed_address_is_not_enough(self, cast: Any) -> None:
        offer = invite(cast)
        user = nora()
        EmailAddress.objects.filter(user=user).update(verified=False)
        with pytest.raises(NotAllowed):
            services.accept_invitation(invitation=offer.invitation, user=user, now=timezone.now())

    def test_a_stranger_cannot_accept(self, cast: Any, client: Client) -> None:
        link = link_of(invite(cast))
        client.post(link)
        assert Invitation.objects.get().accepted_at is None

    def test_an_expired_one_says_so(self, cast: Any) -> None:
        link = link_of(invite(cast, now=timezone.now() - timedelta(days=15)))
        client = browser_of(nora())
        assert "no longer works" in client.get(link).content.decode()
        assert client.post(link).status_code == 409

    @pytest.mark.parametrize("token", ["x", "a" * 300, "%00", "..", "ü"])
    def test_a_made_up_link_is_404(self, client: Client, token: str) -> None:
        answer = client.get(f"/invitation/{token}/")
        assert answer.status_code == 404
        assert "does not work" in answer.content.decode()

    def test_a_member_who_is_back_under_the_same_address(self, cast: Any) -> None:
        offer = invite(cast, email="new@example.org")
        EmailAddress.objects.create(
            user=cast.deactivated.user, email="new@example.org", verified=True
        )
        with pytest.raises(Refused, match="belong to Northlake Bank already"):
            services.accept_invitation(
                invitation=offer.invitation, user=cast.deactivated.user, now=timezone.now()
            )


class TestRenewAndRevoke:
    def test_a_fresh_link_ends_the_old_one(
        self, cast: Any, client_of: Any, mailbox: Mailbox
    ) -> None:
        offer = invite(cast)
        address = f"{LIST}{offer.invitation.pk}/renew/"
        page = client_of(cast.manager).post(address, {"send": "1"}).content.decode()
        link = mailbox.last_link("nora@example.org")
        assert link in page
        client = browser_of(nora())
        assert client.get(link_of(offer)).status_code == 404
        assert client.post(link)["Location"] == "/o/northlake/"

    def test_a_link_to_copy_sends_no_mail(
        self, cast: Any, client_of: Any, mailbox: Mailbox
    ) -> None:
        address = f"{LIST}{invite(cast).invitation.pk}/renew/"
        page = client_of(cast.admin).post(address, {"send": "0"}).content.decode()
        assert "/invitation/" in page
        assert mailbox.mails == []

    def test_a_withdrawn_one_works_no_more(self, cast: Any, client_of: Any) -> None:
        offer = invite(cast)
        client_of(cast.admin).post(f"{LIST}{offer.invitation.pk}/revoke/")
        assert "nora@example.org" not in client_of(cast.admin).get(LIST).context["invitations"]
        client = browser_of(nora())
        assert client.post(link_of(offer)).status_code == 409
        assert "You are invited" not in client.get("/", follow=True).content.decode()
        assert client_of(cast.admin).post(f"{LIST}{offer.invitation.pk}/renew/").status_code == 302

    def test_an_accepted_one_cannot_be_withdrawn(self, cast: Any, client_of: Any) -> None:
        offer = invite(cast)
        browser_of(nora()).post(link_of(offer))
        answer = client_of(cast.admin).post(f"{LIST}{offer.invitation.pk}/revoke/", follow=True)
        assert "accepted already" in answer.content.decode()

    @pytest.mark.parametrize("action", ["renew", "revoke"])
    def test_a_manager_leaves_an_administrators_offer_alone(
        self, cast: Any, client_of: Any, action: str
    ) -> None:
        offer = invite(cast, role="admin")
        address = f"{LIST}{offer.invitation.pk}/{action}/"
        assert client_of(cast.manager).post(address).status_code == 403
        assert "An administrator’s to change" in client_of(cast.manager).get(LIST).content.decode()

    @pytest.mark.parametrize("action", ["renew", "revoke"])
    def test_it_rejects_get(self, cast: Any, client_of: Any, action: str) -> None:
        address = f"{LIST}{invite(cast).invitation.pk}/{action}/"
        assert client_of(cast.admin).get(address).status_code == 405

    def offers_of(self, cast: Any, by: Membership) -> None:
        for role in ("manager", "member", "viewer"):
            invite(cast, by=by, role=role, email=f"{role}@example.org")
        invite(cast, role="manager", email="other@example.org")

    def open_addresses(self) -> set[str]:
        return set(Invitation.objects.filter(revoked_at=None).values_list("email", flat=True))

    @pytest.mark.parametrize(
        ("role", "left"),
        [
            ("manager", {"member@example.org", "viewer@example.org"}),
            ("member", set()),
        ],
    )
    def test_who_steps_down_takes_back_what_they_may_offer_no_more(
        self, cast: Any, role: str, left: set[str]
    ) -> None:
        second = factories.make_member(cast.organization, "admin")
        self.offers_of(cast, second)
        services.change_member(member=second, role=role, department=None, by=cast.admin)
        assert self.open_addresses() == {*left, "other@example.org"}
        revoked = Activity.objects.filter(verb="invitation.revoked")
        assert {row.actor for row in revoked} == {cast.admin}
        assert revoked.count() == 3 - len(left)
        with pytest.raises(NotAllowed):
            invite(cast, by=second, role="manager", email="late@example.org")

    def test_who_rises_takes_nothing_back(self, cast: Any) -> None:
        invite(cast, by=cast.manager)
        services.change_member(member=cast.manager, role="admin", department=None, by=cast.admin)
        assert self.open_addresses() == {"nora@example.org"}

    def test_who_leaves_takes_all_of_it_back_on_record(self, cast: Any) -> None:
        second, now = factories.make_member(cast.organization, "admin"), timezone.now()
        self.offers_of(cast, second)
        services.deactivate_member(member=second, heirs={}, by=cast.admin, now=now)
        assert self.open_addresses() == {"other@example.org"}
        assert Invitation.objects.filter(revoked_at=now).count() == 3
        assert Activity.objects.filter(verb="invitation.revoked").count() == 3

    def test_who_was_demoted_a_moment_ago_offers_nothing(self, cast: Any) -> None:
        before = Membership.objects.get(pk=cast.manager.pk)
        services.change_member(member=cast.manager, role="member", department=None, by=cast.admin)
        with pytest.raises(NotAllowed):
            invite(cast, by=before)

    def test_of_elsewhere_is_404(self, cast: Any, client_of: Any) -> None:
        pk = invite(cast).invitation.pk
        client = client_of(cast.outsider)
        assert client.post(f"/o/juniper/people/invitations/{pk}/revoke/").status_code == 404
        assert Invitation.objects.get().revoked_at is None
