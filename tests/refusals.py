"""What a refusal must say."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError

from registry.models import AuditEntry


@contextmanager
def refused(codes: dict[str, str], *, naming: str = "") -> Iterator[None]:
    """The block is refused for exactly these fields, each with its code, and nothing is written.

    Every message ends as a sentence does and, where `naming` is given, one of them holds it.
    """
    before = AuditEntry.objects.count()
    with pytest.raises(ValidationError) as caught:
        yield
    found = {field: errors[0].code for field, errors in caught.value.error_dict.items()}
    assert found == codes, caught.value
    messages = [message for errors in caught.value.message_dict.values() for message in errors]
    assert all(message.endswith(".") for message in messages), messages
    assert any(naming in message for message in messages), messages
    assert AuditEntry.objects.count() == before
