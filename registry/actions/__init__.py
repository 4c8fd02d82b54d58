"""Every write to the record, as verbs: checked, in one transaction, with its actor, door and reason."""
