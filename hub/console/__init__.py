"""The console: pages for administrators and stewards, one module a section; all they show and do goes through the gateway."""
