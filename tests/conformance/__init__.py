"""What every adapter must do, whatever its source is."""

import pytest

pytest.register_assert_rewrite(*(f"tests.conformance.{name}" for name in ("suite", "subject", "reference")))
