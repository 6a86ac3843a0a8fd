"""`migrate` as the database's owner, who afterwards gives the application role its rights."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections

from plancraft.lib.roles import as_owner, grant_application_rights


class Command(DjangoMigrate):
    """Django's own command, run as DATABASE_OWNER_URL."""

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["database"]
        application = connections[alias].settings_dict["USER"]
        with as_owner(alias) as owner:
            super().handle(*args, **options)
            if options["plan"] or options["check_unapplied"]:
                return
            if owner != application:
                grant_application_rights(alias, application)
                if options["verbosity"]:
                    self.stdout.write(f"  {application} may use what {owner} owns.")
