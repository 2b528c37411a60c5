"""The cuts of the schema that all hubs of a test run share: each takes longer to make than most tests."""

from schema.catalogue import fold_catalogue
from schema.shaped import ShapedSchemas

CUTS = ShapedSchemas(fold_catalogue())
