"""How numbers are shown, beyond the examples in its own words."""

import pytest
from django.utils.translation import gettext

from registry.presentation.language import READERS
from registry.presentation.rounding import interval, ratio_interval, share, with_interval


@pytest.mark.parametrize(
    ("n", "proportion", "text"), [(None, None, "–"), (0, None, "0"), (48, 0.24, "48 (24\u00a0%)")]
)
def test_a_share_of_nobody_is_the_count_alone(n, proportion, text):
    assert share(n, proportion) == text


def test_an_interval_is_joined_in_the_readers_language(monkeypatch):
    monkeypatch.setattr(READERS, "translate", {"%(low)s to %(high)s": "%(low)s bis %(high)s"}.__getitem__)
    assert interval(-0.5, 1.25) == "−0.50 bis 1.25"
    assert ratio_interval(0.5, 12) == "0.50 bis 12.0"
    assert with_interval(0.7, 0.6, 0.8, decimals=1) == "0.7 (0.6 bis 0.8)"
    assert interval(None, 1) == "–"


def test_the_site_lends_its_translator():
    assert READERS.translate is gettext
