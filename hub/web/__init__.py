"""Pages of the hub: templates, static files and the functions that render them."""
