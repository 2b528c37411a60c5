"""The embedded city: departments, people and credentials of an invented Zhaodong, all drawn from a seed."""
