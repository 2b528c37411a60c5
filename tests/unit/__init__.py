"""Small exact tests of single modules."""
