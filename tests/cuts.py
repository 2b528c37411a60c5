"""The cuts of the schema that all hubs of a test run share: each takes longer to make than most tests."""

from hub.app import shared_cuts

CUTS = shared_cuts()
