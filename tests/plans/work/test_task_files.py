"""Files with a task: handed in, downloaded, refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plans.models import Plan, Task, TaskAttachment
from plans.work import services
from tests.plans.kit import PNG, at
from tests.plans.work.test_task_pages import page_of


def upload(client: Any, task: Task, name: str, content: bytes) -> Any:
    file = SimpleUploadedFile(name, content, content_type="text/html")
    return client.post(at("task-file-new", task_id=task.pk), {"file": file})


def test_a_file_comes_back_as_a_download_only(cast: Any, client_of: Any, task: Task) -> None:
    client = client_of(cast.member)
    assert upload(client, task, "plan.png", PNG).status_code == 302
    row = TaskAttachment.objects.get()
    answer = client_of(cast.viewer).get(at("task-file", file_id=row.pk))
    assert b"".join(answer) == PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"] == 'attachment; filename="plan.png"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "plan.png" in page_of(client, task)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html><script>alert(1)</script></html>"),
        ("picture.png", b"<svg onload=alert(1)>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("run.exe", b"MZ\x90\x00"),
        ("bomb.zip", b"PK\x03\x04" + b"\x00" * 60),
        ("bomb.docx", b"PK\x03\x04" + b"\x00" * 60),
        ("empty.txt", b""),
    ],
)
def test_what_is_not_kept_is_refused_in_words(
    cast: Any, client_of: Any, task: Task, name: str, content: bytes
) -> None:
    answer = upload(client_of(cast.member), task, name, content)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This file" in page or "Choose a file" in page
    assert not TaskAttachment.objects.exists()


def test_too_large_is_refused_with_the_limit(
    cast: Any, client_of: Any, task: Task, settings: Any
) -> None:
    settings.ATTACHMENT_MEGABYTES = 1
    answer = upload(client_of(cast.member), task, "big.png", PNG + b"\x00" * (1024 * 1024))
    assert answer.status_code == 422 and "at most 1 MB" in answer.content.decode()


def test_strangers_open_no_file(cast: Any, client_of: Any, plan: Plan, task: Task) -> None:
    row = services.attach(task=task, by=cast.member, name="a.png", content=PNG)
    go = at("task-file", file_id=row.pk)
    assert client_of(cast.outsider).get(go).status_code == 404
    assert client_of(cast.deactivated).get(go).status_code == 404
    Plan.objects.filter(pk=plan.pk).update(is_confidential=True)
    assert client_of(cast.manager).get(go).status_code == 404
    assert client_of(cast.member).get(go).status_code == 200
    remove = at("task-file-remove", file_id=row.pk)
    assert client_of(cast.colleague).post(remove).status_code == 404
    Plan.objects.filter(pk=plan.pk).update(is_confidential=False)
    assert client_of(cast.colleague).post(remove).status_code == 403
    assert client_of(cast.member).post(remove).status_code == 302
    assert not TaskAttachment.objects.exists()
