"""How large a question may be: hostile documents, honest ones, and what each costs before a source is asked."""
