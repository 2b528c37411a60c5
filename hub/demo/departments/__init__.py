"""The city's departments: how each of them writes down what it knows, and how its columns map to the schema."""
