"""The people of the demo: one password, addresses under `.example`, which no mail can leave for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from people.models import Department, Membership, Organization, User

PASSWORD = "who-owns-this-one"


@dataclass(frozen=True)
class Person:
    """Someone of the cast; `shows` says what signing in as them is good for."""

    email: str
    name: str
    role: str
    department: str
    tone: int
    shows: str = ""
    zone: str = "America/New_York"
    is_gone: bool = False

    @property
    def key(self) -> str:
        """What the other modules call them: the first name in small letters."""
        return self.name.split()[0].lower()


RETAIL, CORPORATE, FOUNDATION = "Retail banking", "Corporate", "Foundation"
NORTHLAKE = (
    Person(
        "maya@northlake.example",
        "Maya Okafor",
        "member",
        RETAIL,
        2,
        "brand approver: decisions wait, one thing is late",
    ),
    Person("ines@northlake.example", "Ines Soares", "manager", "", 1, "manager: the dashboard"),
    Person(
        "hanna@northlake.example",
        "Hanna Brandt",
        "member",
        RETAIL,
        5,
        "champion of Home Buyer Spring",
    ),
    Person("daniel@northlake.example", "Daniel Reyes", "member", RETAIL, 5, "writes and posts"),
    Person("lucia@northlake.example", "Lucia Ferrante", "member", RETAIL, 4, "owns Instagram"),
    Person("jonas@northlake.example", "Jonas Keller", "member", CORPORATE, 3, "media relations"),
    Person("tom@northlake.example", "Tom Whitfield", "member", RETAIL, 4, "writes the blog"),
    Person("priya@northlake.example", "Priya Raman", "member", CORPORATE, 1, "compliance approver"),
    Person("amara@northlake.example", "Amara Nwosu", "member", FOUNDATION, 6, "the foundation"),
    Person("ruth@northlake.example", "Ruth Adler", "admin", "", 6, "administrator"),
    Person(
        "owen@clarke.example",
        "Owen Clarke",
        "expert",
        "",
        3,
        "consultant, also in Juniper Home",
        "Europe/London",
    ),
    Person("sofia@northlake.example", "Sofia Lindqvist", "viewer", "", 2, "reads only"),
    Person("ben@northlake.example", "Ben Hollis", "member", RETAIL, 1, is_gone=True),
)
JUNIPER = (
    Person("bea@juniper.example", "Bea Lindgren", "admin", "", 4, "runs Juniper Home"),
    Person("owen@clarke.example", "Owen Clarke", "manager", "", 3, zone="Europe/London"),
)

Cast = dict[str, Membership]


def sign_ins() -> str:
    """What a visitor needs: the addresses, what each is good for, and the one password."""
    seen = [person for person in (*NORTHLAKE, *JUNIPER) if person.shows]
    width = max(len(person.email) for person in seen)
    lines = [f"  {p.email:<{width}}  {p.name}, {p.shows}" for p in seen]
    head = f"Demo organization: Northlake Bank. Everyone’s password: {PASSWORD}"
    return "\n".join([head, *lines])


def make_people(
    organization: Organization, people: tuple[Person, ...], *, joined: datetime, left: datetime
) -> Cast:
    """The memberships by key. People who are there already (in two organizations) stay one."""
    encoded = make_password(PASSWORD)
    teams = {
        name: Department.objects.create(organization=organization, name=name)
        for name in dict.fromkeys(p.department for p in people if p.department)
    }
    return {
        person.key: Membership.objects.create(
            organization=organization,
            user=_user(person, encoded),
            role=person.role,
            department=teams.get(person.department),
            joined_at=joined,
            deactivated_at=left if person.is_gone else None,
        )
        for person in people
    }


def _user(person: Person, encoded: str) -> User:
    """The person, who signs in with the demo's password again after a reset."""
    user, _ = User.objects.update_or_create(
        email=person.email,
        defaults={
            "name": person.name,
            "tone": person.tone,
            "time_zone": person.zone,
            "password": encoded,
            "is_active": True,
        },
    )
    EmailAddress.objects.update_or_create(
        user=user, email=person.email, defaults={"verified": True, "primary": True}
    )
    return user
