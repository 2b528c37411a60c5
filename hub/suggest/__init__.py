"""Proposes the mapping of an unknown vocabulary onto the schema, from names, labels and contents; decides nothing."""
