"""One identity per business entity: what its numbers and names mean, which entity somebody meant, and what became of it."""
