"""Five minutes with an expert: questions, their answers, and the playbook that keeps them."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Organization
from plancraft.lib.models import InsertOnly, no_change_triggers, one_of, tenant_constraints
from plans.models.plans import Plan
from workflow.models import Owned, Review, Subject
from workflow.models.ownership import owned_constraints


class Question(Owned):
    """A question with what it is about; its owner is the one asked, who answers for an answer.

    `plan` is the plan concerned, also where a story or its approval is asked about, so that a
    question about a confidential plan is seen by its readers only (rule 6). `snapshot` is what it
    was about as one line, frozen when it was asked. `answer_by` is an instant.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for an answer")
        ANSWERED = "answered", _("Answered")
        ACCEPTED = "accepted", _("Settled")
        CLOSED = "closed", _("Closed")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    asked_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    title = models.CharField(_("question"), max_length=160)
    body = models.TextField(_("what one should know"), blank=True)
    plan = models.ForeignKey(Plan, models.CASCADE, null=True, blank=True, related_name="questions")
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="+")
    review = models.ForeignKey(Review, models.PROTECT, null=True, blank=True, related_name="+")
    snapshot = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    answer_by = models.DateTimeField(_("answer by"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("question")
        constraints = [
            *tenant_constraints("plans_question", "owner", "asked_by", "plan", "subject", "review"),
            *owned_constraints("plans_question"),
            one_of("state", ["asked", "answered", "accepted", "closed"], "plans_question_state"),
            models.CheckConstraint(
                condition=Q(review=None) | Q(subject__isnull=False),
                name="plans_question_review_has_subject",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "answer_by"],
                condition=Q(state="asked"),
                name="plans_question_waiting",
            ),
            models.Index(fields=["organization", "-asked_at"], name="plans_question_latest"),
        ]

    def __str__(self) -> str:
        return self.title


class Answer(models.Model):
    """What someone answered. Its words may change until it is accepted; `version` counts them."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    question = models.ForeignKey(Question, models.CASCADE, related_name="answers")
    author = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    body = models.TextField(_("answer"))
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("answer")
        constraints = [
            *tenant_constraints("plans_answer", "question", "author"),
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(accepted_at__isnull=False),
                name="plans_answer_one_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"


def _weighted(config: str) -> object:
    """Title before topics before text, stemmed as the language asks."""
    return (
        SearchVector("title", weight="A", config=config)
        + SearchVector("topics", weight="B", config=config)
        + SearchVector("body", weight="C", config=config)
    )


class PlaybookEntry(models.Model):
    """A lesson that the organization keeps; what was shipped carries its `shipped_key`.

    `topics` are small words joined by ", ". `search` is computed by the database from title, topics
    and text in the entry's language; `vocabulary` holds their words unstemmed, for mending typing
    errors of those who search.
    """

    class Language(models.TextChoices):
        ENGLISH = "english", _("English")
        OTHER = "simple", _("Another language")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    title = models.CharField(_("title"), max_length=160)
    body = models.TextField(_("text"))
    topics = models.CharField(_("topics"), max_length=200, blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=Language.choices, default=Language.ENGLISH
    )
    source_question = models.ForeignKey(
        Question, models.SET_NULL, null=True, blank=True, related_name="entries"
    )
    author = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    shipped_key = models.SlugField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)
    search = models.GeneratedField(
        expression=Case(
            When(language="english", then=_weighted("english")), default=_weighted("simple")
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    vocabulary = models.GeneratedField(
        expression=SearchVector("title", "topics", "body", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("playbook entry")
        constraints = [
            *tenant_constraints("plans_playbookentry", "source_question", "author"),
            models.UniqueConstraint(
                fields=["organization", "shipped_key"],
                condition=~Q(shipped_key=""),
                name="plans_playbookentry_shipped_once",
            ),
            one_of("language", ["english", "simple"], "plans_playbookentry_language"),
        ]
        indexes = [GinIndex(fields=["search"], name="plans_playbookentry_search")]

    def __str__(self) -> str:
        return self.title

    @property
    def topic_list(self) -> list[str]:
        """The topics one by one."""
        return [topic for topic in self.topics.split(", ") if topic]


class PlaybookVersion(InsertOnly):
    """An entry as it read once: written at each change, never changed."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    entry = models.ForeignKey(PlaybookEntry, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    body = models.TextField()
    topics = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *tenant_constraints("plans_playbookversion", "entry", "by"),
            models.UniqueConstraint(
                fields=["entry", "number"], name="plans_playbookversion_number"
            ),
        ]
        triggers = no_change_triggers("playbookversion")

    def __str__(self) -> str:
        return f"version {self.number}"
