"""Rows of several tables by one statement: gathered as JSON beside a row, and made rows again.

Subject.objects.annotate(reviews=gathered(Review.objects.filter(subject=OuterRef("pk"))))
...
reviews = [made(Review, row) for row in subject.reviews]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet
from django.db.models.functions import JSONObject

Row = TypeVar("Row", bound=Model)


def gathered(rows: QuerySet[Any], *annotations: str, **related: type[Model]) -> ArraySubquery:
    """To annotate with these rows, in their order, each with every field of its table.

    `annotations` are read along; each of `related` (relation -> its model) is read whole.
    """
    shape: dict[str, Any] = {**_fields(rows.model), **{name: name for name in annotations}}
    for name, model in related.items():
        shape[name] = JSONObject(**_fields(model, f"{name}__"))
    return ArraySubquery(rows.annotate(gathered=JSONObject(**shape)).values("gathered"))


def made(model: type[Row], found: Mapping[str, Any], **known: Any) -> Row:
    """A row as `gathered` read it. `known` are related rows and annotations, set on it as given."""
    fields = model._meta.concrete_fields
    values = [field.to_python(found[field.attname]) for field in fields]
    row = model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], values)
    for name, value in known.items():
        setattr(row, name, value)
    return row


def _fields(model: type[Model], prefix: str = "") -> dict[str, str]:
    """Attribute name of each field -> the path to it."""
    return {field.attname: prefix + field.attname for field in model._meta.concrete_fields}
