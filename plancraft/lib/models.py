"""What tenant tables share: walls between organizations, and facts that never change."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, Q


class SameOrganization(BaseConstraint):
    """A composite foreign key `(organization_id, <field>_id)` to `(organization_id, id)`.

    It keeps a row of one organization from pointing at a row of another, whatever code writes it.
    Rows whose field is null are not checked.
    """

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def _clause(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> str:
        field = model._meta.get_field(self.field)
        target = field.related_model._meta.db_table  # type: ignore[union-attr]
        quote = editor.quote_name
        return (
            f"FOREIGN KEY (organization_id, {quote(field.column)}) "  # type: ignore[union-attr, arg-type]
            f"REFERENCES {quote(target)} (organization_id, id) DEFERRABLE INITIALLY DEFERRED"
        )

    def create_sql(self, model: Any, schema_editor: Any) -> None:  # type: ignore[override]
        """Added once all tables of the migration stand, since the target's key may come later."""
        table, name = schema_editor.quote_name(model._meta.db_table), self.name
        clause = self._clause(model, schema_editor)
        schema_editor.deferred_sql.append(
            f"ALTER TABLE {table} ADD CONSTRAINT {schema_editor.quote_name(name)} {clause}"
        )

    def constraint_sql(self, model: Any, schema_editor: Any) -> None:  # type: ignore[override]
        """Within CREATE TABLE too."""
        self.create_sql(model, schema_editor)

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} DROP CONSTRAINT {schema_editor.quote_name(self.name)}"

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to check ahead: the database refuses."""

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        kwargs.pop("violation_error_code", None)
        kwargs.pop("violation_error_message", None)
        return path, args, {**kwargs, "field": self.field}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameOrganization) and (self.name, self.field) == (
            other.name,
            other.field,
        )

    __hash__ = BaseConstraint.__hash__


def tenant_constraints(table: str, *fields: str) -> list[BaseConstraint]:
    """`(organization, id)` unique, and each named foreign key held within the organization.

    Its index serves `organization` alone too, so that foreign key says `db_index=False`: with two
    to choose from, PostgreSQL may check a wall by reading every row of the organization.
    """
    walls: list[BaseConstraint] = [
        SameOrganization(field=f, name=f"{table}_{f}_same_org") for f in fields
    ]
    return [
        models.UniqueConstraint(fields=["organization", "id"], name=f"{table}_org_id"),
        *walls,
    ]


def no_change_triggers(table: str) -> list[Any]:
    """The triggers by which the database refuses UPDATE, DELETE and TRUNCATE of facts."""
    return [
        pgtrigger.Protect(
            name=f"{table}_append_only", operation=pgtrigger.Update | pgtrigger.Delete
        ),
        pgtrigger.Trigger(
            name=f"{table}_no_truncate",
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            func=f"RAISE EXCEPTION '{table} rows are facts: they cannot be truncated';",
        ),
    ]


class InsertOnly(models.Model):
    """Facts: written once, never changed.

    The application role has no right to change them, and a trigger (`no_change_triggers`, named in
    each model's Meta) refuses it to everyone else.
    """

    insert_only = True

    class Meta:
        abstract = True


def one_of(field: str, values: list[str], name: str) -> models.CheckConstraint:
    """A check that the column holds one of its known values."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)
