"""Three questions of the demo, one settled and published, one waiting, one late; and a playbook."""

from __future__ import annotations

from datetime import timedelta

from dashboards.demo.facts import Written
from dashboards.demo.stage import EVERYDAY, HOME, World
from plans.playbook import services
from plans.playbook.about import about
from plans.playbook.records import EntryFields, QuestionFields

SETTLED = "Who signs off a photo with customers in it?"
WAITING = "May we show the new rate before its page is live?"
LATE = "Someone posts an account number in the comments: what do we do first?"


def write(world: World, by_hand: list[Written]) -> None:
    """The shipped playbook, and what people asked in the last two weeks."""
    services.give_shipped(world.organization)
    _settled(world)
    _waiting(world, by_hand)
    _late(world)


def _settled(world: World) -> None:
    cast, days = world.cast, world.days
    question = services.ask(
        organization=world.organization,
        by=cast["tom"],
        fields=QuestionFields(
            SETTLED,
            16,
            "At openings we photograph the queue, and every time somebody else says yes or no.",
            cast["owen"],
        ),
        about=about(cast["tom"], {"plan": str(world.plans[EVERYDAY].pk)}, days.ago(12)),
        now=days.ago(12),
    )
    answer = services.answer(
        question=question,
        by=cast["owen"],
        body="Whoever holds the consent, and that is one person for each event:\n\n"
        "- name them before the day, on the event itself\n"
        "- **no face that can be recognized without a yes**, said or signed\n"
        "- a sign at the door tells people that photos are taken, and whom to tell if they "
        "would rather not\n\n"
        "The approver then asks one thing: is the consent noted beside the picture?",
        now=days.ago(11),
    )
    services.accept(answer=answer, by=cast["tom"], now=days.ago(10))
    services.create_entry(
        organization=world.organization,
        by=cast["owen"],
        fields=EntryFields(
            "Photos with customers in them", answer.body, "approval, consent, photos"
        ),
        source=question,
        now=days.ago(10, "15:40"),
    )


def _waiting(world: World, by_hand: list[Written]) -> None:
    """Asked from a story, with where it stood."""
    cast, now = world.cast, world.days.now
    item = next(w.item for w in by_hand if w.item.plan_id == world.plans[HOME].pk)
    services.ask(
        organization=world.organization,
        by=cast["hanna"],
        fields=QuestionFields(
            WAITING,
            16,
            "Treasury tells us the rate a day ahead. I would name the product and leave the "
            "figure for the day itself. Is that enough?",
            cast["owen"],
        ),
        about=about(cast["hanna"], {"subject": str(item.subject_id)}, now),
        now=now - timedelta(hours=1),
    )


def _late(world: World) -> None:
    cast, days = world.cast, world.days
    services.ask(
        organization=world.organization,
        by=cast["lucia"],
        fields=QuestionFields(
            LATE,
            4,
            "It happened twice on Instagram this month. I hid the comment and wrote to them, "
            "but nobody has told me that this is right.",
            cast["priya"],
        ),
        about=about(cast["lucia"], {"plan": str(world.plans[EVERYDAY].pk)}, days.ago(6)),
        now=days.ago(6),
    )
