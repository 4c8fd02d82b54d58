"""The trail of every change, written by the database itself under a role the application does not hold."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _


class TransactionIdField(models.TextField):
    """PostgreSQL's 64-bit transaction id, by which a snapshot tells what it has seen."""

    def db_type(self, connection: object) -> str:
        return "xid8"


@dataclass(frozen=True)
class FieldChange:
    """One field of a changed row."""

    field: str
    old: str
    new: str


def _shown(value: object) -> str:
    return "" if value is None else str(value)


class AuditEntry(models.Model):
    """One row inserted, updated or deleted: who, when, old, new, why, through which door."""

    at = models.DateTimeField(_("when"), db_default=Func(function="clock_timestamp"))
    xid = TransactionIdField(db_default=Func(function="pg_current_xact_id"))
    table_name = models.CharField(_("table"), max_length=63)
    row_id = models.CharField(_("row"), max_length=64)
    operation = models.CharField(_("operation"), max_length=6)
    old = models.JSONField(_("before"), null=True)
    new = models.JSONField(_("after"), null=True)
    actor = models.CharField(_("who"), max_length=150, blank=True)
    door = models.CharField(_("through"), max_length=10, blank=True)
    reason = models.TextField(_("why"), blank=True)
    cohort_id = models.BigIntegerField(null=True)
    patient_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["cohort_id", "xid"], name="audit_by_cohort"),
            models.Index(fields=["table_name", "row_id"], name="audit_by_row"),
            models.Index(fields=["patient_id"], name="audit_by_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.table_name} {self.row_id}"

    @property
    def changes(self) -> list[FieldChange]:
        """The fields this entry changed, with their values before and after."""
        old, new = self.old or {}, self.new or {}
        fields = dict.fromkeys([*old, *new])
        return [
            FieldChange(field, _shown(old.get(field)), _shown(new.get(field)))
            for field in fields
            if old.get(field) != new.get(field)
            and not (self.old is None and new.get(field) in (None, "", []))
        ]
