"""Every address of the import and what each role gets."""

from __future__ import annotations

from typing import Any

from calendar_app.imports import service
from calendar_app.models import ImportBatch
from people.permissions import Perm
from tests.matrix import Row

ALL = {"admin": 200, "manager": 200, "member": 200, "expert": 403, "viewer": 403}
MOVED = {"admin": 302, "manager": 302, "member": 302, "expert": 403, "viewer": 403}
UNDO = {"admin": 200, "manager": 200, "member": 403, "expert": 403, "viewer": 403}
UNDONE = {"admin": 302, "manager": 302, "member": 403, "expert": 403, "viewer": 403}


def one_file(world: Any) -> dict[str, Any]:
    """A file that somebody of the bank, none of the cast, uploaded."""
    batch = ImportBatch.objects.filter(plan=world.plan).first() or service.upload(
        plan=world.plan,
        file_name="spring.csv",
        content=b"Date,Platform,Title\n2027-03-03,Instagram,Open on Saturday\n",
        by=world.owner,
    )
    return {"batch_id": batch.pk}


def _done(world: Any) -> dict[str, Any]:
    kwargs = one_file(world)
    ImportBatch.objects.filter(pk=kwargs["batch_id"]).update(state="done")
    return kwargs


ROWS = [
    Row("imports", ALL, Perm.IMPORT),
    Row("import-new", ALL, Perm.IMPORT),
    Row("import", ALL, Perm.IMPORT, kwargs=one_file),
    Row("import-progress", MOVED, Perm.IMPORT, kwargs=one_file),
    Row(
        "import-answer",
        {**ALL, "admin": 422, "manager": 422, "member": 422},
        Perm.IMPORT,
        "POST",
        kwargs=one_file,
    ),
    Row(
        "import-start",
        {**ALL, "admin": 422, "manager": 422, "member": 422},
        Perm.IMPORT,
        "POST",
        kwargs=one_file,
    ),
    Row("import-discard", MOVED, Perm.IMPORT, "POST", kwargs=one_file),
    Row("import-undo", UNDO, Perm.IMPORT_UNDO, kwargs=_done),
    Row("import-undo", UNDONE, Perm.IMPORT_UNDO, "POST", kwargs=_done),
]
