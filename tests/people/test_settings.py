"""Working time, closure days and departments."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

import pytest

from people import services
from people.errors import NotAllowed
from people.models import Activity, ClosureDay, Department
from tests import factories

pytestmark = pytest.mark.django_db
SETTINGS = "/o/northlake/settings/"
DAYS = f"{SETTINGS}closure-days/"
DEPARTMENTS = f"{SETTINGS}departments/"
GOOD = {
    "name": "Northlake Bank",
    "time_zone": "America/Toronto",
    "week_start": "6",
    "country": "CA",
    "subdivision": "ON",
    "working_weekdays": ["3", "0", "1"],
    "work_starts": "08:30",
    "work_ends": "16:00",
    "tolerance_hours": "12",
}


def looked_at(client: Any) -> dict[str, str]:
    """What the form carries of the settings that it showed."""
    page = client.get(SETTINGS).content.decode()
    return {"seen": re.findall(r'name="seen" value="([^"]+)"', page)[0]}


class TestWorkingTime:
    def test_it_works(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.admin)
        assert client.get(SETTINGS).status_code == 200
        assert client.post(SETTINGS, {**GOOD, **looked_at(client)})["Location"] == SETTINGS
        bank = cast.organization
        bank.refresh_from_db()
        assert (bank.time_zone, bank.country, bank.subdivision) == ("America/Toronto", "CA", "ON")
        assert (bank.working_weekdays, bank.week_start, bank.tolerance_hours) == ([0, 1, 3], 6, 12)
        assert (bank.work_starts, bank.work_ends) == (time(8, 30), time(16))
        activity = Activity.objects.get()
        assert activity.verb == "organization.changed"
        assert activity.payload["changes"]["country"] == {"from": "", "to": "CA"}
        assert "Canada Day" in client.get(SETTINGS).content.decode()

    def test_saving_the_same_records_nothing(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.admin)
        seen = looked_at(client)
        for _click in range(2):
            assert client.post(SETTINGS, {**GOOD, **seen}).status_code == 302
        assert Activity.objects.count() == 1

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("working_weekdays", [], "Choose at least one day"),
            ("work_ends", "08:00", "Work must end after it begins."),
            ("time_zone", "Mars/Olympus", "Select a valid choice"),
            ("country", "XX", "Select a valid choice"),
            ("subdivision", "BY", "Select a valid choice"),
            ("tolerance_hours", "-1", "greater than or equal to 0"),
            ("week_start", "9", "Select a valid choice"),
            ("name", "", "Give the organization a name."),
        ],
    )
    def test_nonsense_is_said_and_changes_nothing(
        self, cast: Any, client_of: Any, field: str, value: Any, sentence: str
    ) -> None:
        answer = client_of(cast.admin).post(SETTINGS, {**GOOD, field: value})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert not Activity.objects.exists()

    def test_without_a_country_there_is_no_region(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.admin)
        typed = {**GOOD, "country": "", "subdivision": "", **looked_at(client)}
        assert client.post(SETTINGS, typed).status_code == 302
        cast.organization.refresh_from_db()
        assert (cast.organization.country, cast.organization.subdivision) == ("", "")

    def test_the_second_of_two_administrators_sees_what_differs(
        self, cast: Any, client_of: Any
    ) -> None:
        client, bank = client_of(cast.admin), cast.organization
        seen = looked_at(client)
        services.change_settings(
            organization=bank, by=cast.admin, working_weekdays=[0, 1], work_starts=time(7)
        )
        answer = client.post(SETTINGS, {**GOOD, **seen})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "saved these settings meanwhile." in page
        assert "Monday, Tuesday" in page and "07:00" in page, "there now"
        assert 'value="08:30"' in page, "nothing typed is lost"
        bank.refresh_from_db()
        assert (bank.working_weekdays, bank.work_starts) == ([0, 1], time(7))
        assert client.post(SETTINGS, GOOD).status_code == 409, "without what was seen too"
        again = re.findall(r'name="seen" value="([^"]+)"', page)[0]
        assert client.post(SETTINGS, {**GOOD, "seen": again}).status_code == 302
        bank.refresh_from_db()
        assert bank.work_starts == time(8, 30)

    def test_only_an_administrator_may(self, cast: Any, client_of: Any) -> None:
        assert client_of(cast.manager).get(SETTINGS).status_code == 403
        assert client_of(cast.outsider).get(SETTINGS).status_code == 404
        for by in (cast.manager, cast.outsider):
            with pytest.raises(NotAllowed):
                services.change_settings(organization=cast.organization, by=by, week_start=1)

    def test_what_is_no_setting_is_refused(self, cast: Any) -> None:
        with pytest.raises(ValueError, match="slug"):
            services.change_settings(organization=cast.organization, by=cast.admin, slug="x")


class TestClosureDays:
    def test_it_works(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.admin)
        client.post(DAYS, {"day": "2099-12-24", "name": "Christmas Eve"})
        assert "Christmas Eve" in client.get(SETTINGS).content.decode()
        closure = ClosureDay.objects.get()
        client.post(f"{DAYS}{closure.pk}/remove/")
        assert not ClosureDay.objects.exists()
        verbs = list(Activity.objects.order_by("id").values_list("verb", flat=True))
        assert verbs == ["closure_day.added", "closure_day.removed"]

    def test_the_same_day_twice_is_said(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.admin)
        client.post(DAYS, {"day": "2099-12-24", "name": "Christmas Eve"})
        answer = client.post(DAYS, {"day": "2099-12-24", "name": "Again"})
        assert answer.status_code == 409
        assert "closure day already" in answer.content.decode()

    @pytest.mark.parametrize("day", ["", "nonsense", "9999-12-31", "0001-01-01", "2027-02-30"])
    def test_a_day_that_is_none_is_said(self, cast: Any, client_of: Any, day: str) -> None:
        answer = client_of(cast.admin).post(DAYS, {"day": day, "name": "Kept"})
        assert answer.status_code == 422
        assert 'value="Kept"' in answer.content.decode()

    def test_of_elsewhere_is_404(self, cast: Any, client_of: Any) -> None:
        closure = ClosureDay.objects.create(
            organization=cast.organization, date=date(2099, 1, 2), name="Ours"
        )
        address = f"/o/juniper/settings/closure-days/{closure.pk}/remove/"
        assert client_of(cast.outsider).post(address).status_code == 404
        with pytest.raises(NotAllowed):
            services.remove_closure_day(closure=closure, by=cast.outsider)


class TestDepartments:
    def test_it_works(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.admin)
        assert "There are no departments" in client.get(DEPARTMENTS).content.decode()
        client.post(DEPARTMENTS, {"name": "Retail"})
        department = Department.objects.get()
        client.post(f"{DEPARTMENTS}{department.pk}/", {"name": "Retail banking"})
        assert "Retail banking" in client.get(DEPARTMENTS).content.decode()
        cast.member.department = department
        cast.member.save()
        confirm = client.get(f"{DEPARTMENTS}{department.pk}/delete/").content.decode()
        assert "1 person will be without a department" in confirm
        assert Department.objects.exists(), "asking removes nothing"
        client.post(f"{DEPARTMENTS}{department.pk}/delete/")
        cast.member.refresh_from_db()
        assert cast.member.department is None
        verbs = list(Activity.objects.order_by("id").values_list("verb", flat=True))
        assert verbs == ["department.created", "department.renamed", "department.deleted"]

    def test_a_taken_name_is_said(self, cast: Any, client_of: Any) -> None:
        factories.make_department(cast.organization, name="Retail")
        brand = factories.make_department(cast.organization, name="Brand")
        factories.make_department(cast.other_organization, name="Press")
        client = client_of(cast.admin)
        answer = client.post(DEPARTMENTS, {"name": "RETAIL"})
        assert answer.status_code == 409
        assert "a department called “RETAIL” already" in answer.content.decode()
        assert client.post(f"{DEPARTMENTS}{brand.pk}/", {"name": "retail"}).status_code == 409
        assert client.post(DEPARTMENTS, {"name": "Press"}).status_code == 302, "theirs is theirs"

    def test_only_an_administrator_may(self, cast: Any, client_of: Any) -> None:
        department = factories.make_department(cast.organization)
        assert client_of(cast.manager).post(DEPARTMENTS, {"name": "X"}).status_code == 403
        for by in (cast.manager, cast.outsider):
            with pytest.raises(NotAllowed):
                services.create_department(organization=cast.organization, name="X", by=by)
            with pytest.raises(NotAllowed):
                services.rename_department(department=department, name="X", by=by)
            with pytest.raises(NotAllowed):
                services.delete_department(department=department, by=by)

    def test_of_elsewhere_is_404(self, cast: Any, client_of: Any) -> None:
        theirs = factories.make_department(cast.other_organization)
        client = client_of(cast.admin)
        assert client.post(f"{DEPARTMENTS}{theirs.pk}/", {"name": "X"}).status_code == 404
        assert client.post(f"{DEPARTMENTS}{theirs.pk}/delete/").status_code == 404


def test_a_department_that_approves_something_stays(cast: Any, client_of: Any) -> None:
    department = factories.make_department(cast.organization, name="Legal")
    factories.make_template(
        cast.organization, stage={"approvers": "department", "role": "", "department": department}
    )
    page = f"{DEPARTMENTS}{department.pk}/delete/"
    answer = client_of(cast.admin).post(page, follow=True)
    assert answer.status_code == 200
    assert "Rename it instead" in answer.content.decode()
    assert type(department).objects.filter(pk=department.pk).exists()
