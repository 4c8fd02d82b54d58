"""The ledger: which question was asked of which frozen table by which run, and what came of it."""

from typing import cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Cohort


class Question(models.Model):
    """One version of one question asked of a cohort; a revision is a new row, the old one stays."""

    cohort = models.ForeignKey(
        Cohort, on_delete=models.PROTECT, related_name="questions", verbose_name=_("cohort")
    )
    slug = models.SlugField(_("short name"), max_length=60)
    version = models.PositiveIntegerField(_("version"), default=1)
    kind = models.CharField(_("kind"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    why = models.TextField(_("why it is asked"), blank=True)
    definition = models.JSONField(_("definition"))
    variables = models.JSONField(_("variables of its plan"), default=dict)
    plan = models.CharField(_("plan"), max_length=60, blank=True, help_text=_("Empty: added by an analyst."))
    plan_version = models.PositiveIntegerField(_("version of the plan"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_replication = models.BooleanField(_("replicates a published analysis"), default=False)
    is_current = models.BooleanField(_("current version"), default=True)
    memory = models.JSONField(
        _("remembered from run to run"),
        default=dict,
        help_text=_(
            "Such as the direction of a marker, decided once, or how often an estimate was looked at."
        ),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["cohort", "position", "slug", "version"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "slug", "version"], name="question_version_once"),
            models.UniqueConstraint(
                fields=["cohort", "slug"], condition=Q(is_current=True), name="question_one_current_version"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class FrozenTable(models.Model):
    """The bytes of an analysis table under their own hash: what did not change is kept once."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("frozen table")
        verbose_name_plural = _("frozen tables")

    def __str__(self) -> str:
        return self.sha256[:12]


class Dataset(models.Model):
    """One reading of a cohort: the tables it gave, when, from which snapshot, and who was left out."""

    cohort = models.ForeignKey(
        Cohort, on_delete=models.PROTECT, related_name="datasets", verbose_name=_("cohort")
    )
    table = models.ForeignKey(
        FrozenTable,
        on_delete=models.PROTECT,
        related_name="datasets",
        db_column="sha256",
        verbose_name=_("table"),
    )
    draws_table = models.ForeignKey(
        FrozenTable,
        on_delete=models.PROTECT,
        related_name="+",
        db_column="draws_sha256",
        null=True,
        blank=True,
        verbose_name=_("table of draws"),
        help_text=_("Empty where no question asked for it."),
    )
    readings_table = models.ForeignKey(
        FrozenTable,
        on_delete=models.PROTECT,
        related_name="+",
        db_column="readings_sha256",
        null=True,
        blank=True,
        verbose_name=_("table of readings"),
        help_text=_("Empty where no question asked for it."),
    )
    hashes_table = models.ForeignKey(
        FrozenTable,
        on_delete=models.PROTECT,
        related_name="+",
        db_column="hashes_sha256",
        null=True,
        blank=True,
        verbose_name=_("table of hashes"),
        help_text=_("Of what the tables hold of each patient."),
    )
    definition = models.JSONField(_("definition of the cohort"))
    columns = models.JSONField(_("columns"))
    n_rows = models.PositiveIntegerField(_("patients analysed"))
    n_enrolled = models.PositiveIntegerField(_("patients enrolled"))
    exclusions = models.JSONField(_("exclusions by reason"))
    snapshot = models.TextField(_("database snapshot"))
    read_at = models.DateTimeField(_("read"))

    class Meta:
        verbose_name = _("dataset")
        verbose_name_plural = _("datasets")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def sha256(self) -> str:
        return self.table_id

    @property
    def serial_sha256(self) -> dict[str, str]:
        """The hashes of the tables read beside that of patients, by name."""
        hashes = {"draws": self.draws_table_id, "readings": self.readings_table_id}
        return {name: sha256 for name, sha256 in hashes.items() if sha256 is not None}


class Run(models.Model):
    """One computation of all current questions of a cohort, from request to end."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    class Trigger(models.TextChoices):
        CHANGE = "change", _("New data")
        SCHEDULE = "schedule", _("Schedule")
        SWEEP = "sweep", _("Found by the sweep")
        PERSON = "person", _("Asked for by a person")

    cohort = models.ForeignKey(
        Cohort, on_delete=models.PROTECT, related_name="runs", verbose_name=_("cohort")
    )
    dataset = models.ForeignKey(
        Dataset,
        on_delete=models.PROTECT,
        related_name="runs",
        null=True,
        blank=True,
        verbose_name=_("dataset"),
    )
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.QUEUED)
    trigger = models.CharField(_("started by"), max_length=8, choices=Trigger, default=Trigger.CHANGE)
    plan_sha256 = models.CharField(_("hash of the questions"), max_length=64, blank=True)
    code_version = models.CharField(_("code version"), max_length=64, blank=True)
    library_versions = models.JSONField(_("library versions"), default=dict)
    seed = models.PositiveBigIntegerField(_("seed"), default=0)
    requested_at = models.DateTimeField(_("requested"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    failure = models.JSONField(_("why it failed"), null=True, blank=True)
    released_up_to = models.PositiveIntegerField(
        _("released up to"),
        null=True,
        blank=True,
        help_text=_(
            "The largest minimum of small counts at which it is shown to those who may not see every record. "
            "Empty: any."
        ),
    )

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort"], condition=Q(status="queued"), name="run_one_queued_in_cohort"
            ),
            models.UniqueConstraint(
                fields=["cohort"], condition=Q(status="running"), name="run_one_running_in_cohort"
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(dataset__isnull=False, finished_at__isnull=False),
                name="run_done_has_dataset",
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | Q(failure__isnull=False, finished_at__isnull=False),
                name="run_failed_says_why",
            ),
        ]
        indexes = [models.Index(fields=["cohort", "status", "-id"], name="run_latest_of_cohort")]

    def __str__(self) -> str:
        return f"{self.cohort_id} {self.pk}"


class Result(models.Model):
    """What one run answered to one question."""

    class Status(models.TextChoices):
        DONE = "done", _("Done")
        NOT_ESTIMABLE = "not_estimable", _("Cannot be estimated")
        FAILED = "failed", _("Failed")

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="results", verbose_name=_("run"))
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="results", verbose_name=_("question")
    )
    status = models.CharField(_("status"), max_length=13, choices=Status)
    reason = models.JSONField(_("reason"), null=True, blank=True)
    payload = models.JSONField(_("answer"), default=dict)
    guards = models.JSONField(_("what a statistician would say"), default=list)
    computed_at = models.DateTimeField(_("computed"))

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "question"], name="result_once_in_run"),
            models.CheckConstraint(
                condition=Q(status="done") | Q(reason__isnull=False), name="result_without_answer_says_why"
            ),
        ]
        indexes = [models.Index(fields=["question", "-id"], name="result_latest_of_question")]

    def __str__(self) -> str:
        return f"{self.question_id} {self.run_id}"

    @property
    def dataset(self) -> Dataset:
        """The table it was answered from; a run that answers has one."""
        return cast(Dataset, self.run.dataset)


class Estimate(models.Model):
    """One number people follow over time, with its interval."""

    result = models.ForeignKey(
        Result, on_delete=models.PROTECT, related_name="estimates", verbose_name=_("result")
    )
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="estimates", verbose_name=_("run"))
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="estimates", verbose_name=_("question")
    )
    term = models.CharField(_("term"), max_length=160)
    quantity = models.CharField(_("quantity"), max_length=40)
    value = models.FloatField(_("value"))
    standard_error = models.FloatField(_("standard error"), null=True, blank=True)
    ci_low = models.FloatField(_("interval from"), null=True, blank=True)
    ci_high = models.FloatField(_("interval to"), null=True, blank=True)
    p_value = models.FloatField(_("p"), null=True, blank=True)
    n = models.PositiveIntegerField(_("n"))
    n_events = models.PositiveIntegerField(_("events"), null=True, blank=True)
    computed_at = models.DateTimeField(_("computed"))

    class Meta:
        verbose_name = _("estimate")
        verbose_name_plural = _("estimates")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["result", "term", "quantity"], name="estimate_once_in_result"),
        ]
        indexes = [
            models.Index(fields=["question", "term", "quantity", "computed_at"], name="estimate_over_time")
        ]

    def __str__(self) -> str:
        return f"{self.term} {self.quantity}"
