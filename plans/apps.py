from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Enters plans and each of their features in the doors of the rooms below."""

    name = "plans"

    def ready(self) -> None:
        from plans import doors, titles  # noqa: F401
        from plans.life import doors as life
        from plans.meetings import doors as meetings
        from plans.objectives import doors as objectives
        from plans.playbook import doors as playbook
        from plans.responsibilities import doors as responsibilities
        from plans.schedule import doors as schedule
        from plans.stakeholders import doors as stakeholders
        from plans.timelines import doors as timelines
        from plans.work import doors as work

        features = (
            doors,
            life,
            schedule,
            work,
            responsibilities,
            objectives,
            timelines,
            meetings,
            stakeholders,
            playbook,
        )
        for feature in features:
            feature.enter()
