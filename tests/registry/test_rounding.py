"""How numbers are shown, beyond the examples in its own words."""

import pytest

from registry.presentation.rounding import share


@pytest.mark.parametrize(
    ("n", "proportion", "text"), [(None, None, "–"), (0, None, "0"), (48, 0.24, "48 (24\u00a0%)")]
)
def test_a_share_of_nobody_is_the_count_alone(n, proportion, text):
    assert share(n, proportion) == text
