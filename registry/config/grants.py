"""What the application's role may do: all it needs, but neither the trail nor the ledger can be rewritten."""

from django.db.backends.base.base import BaseDatabaseWrapper

READ_ONLY = ("registry_auditentry", "django_migrations")
APPEND_ONLY = ("analytics_frozentable", "analytics_dataset", "analytics_result", "analytics_estimate")


def grant(owner: BaseDatabaseWrapper, role: str) -> None:
    """Give a role its rights on the tables that stand; the same however often it is called."""
    quoted = owner.ops.quote_name(role)
    narrowed = [(table, "INSERT, UPDATE, DELETE") for table in READ_ONLY]
    narrowed += [(table, "UPDATE, DELETE") for table in APPEND_ONLY]
    with owner.cursor() as cursor:
        standing = set(owner.introspection.table_names(cursor))
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        for table, rights in narrowed:
            if table in standing:
                cursor.execute(f"REVOKE {rights} ON {owner.ops.quote_name(table)} FROM {quoted}")
