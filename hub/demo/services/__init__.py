"""The web services of the city's departments: real HTTP on this machine, each in a style of its own."""
