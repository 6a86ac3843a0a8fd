"""Who there is, and the record of what they did."""

from people.models.activity import Activity, ActivitySeal, ActivityText
from people.models.jobs import Job
from people.models.organizations import (
    ClosureDay,
    Department,
    Invitation,
    Membership,
    Organization,
)
from people.models.users import User

__all__ = [
    "Activity",
    "ActivitySeal",
    "ActivityText",
    "ClosureDay",
    "Department",
    "Invitation",
    "Job",
    "Membership",
    "Organization",
    "User",
]
