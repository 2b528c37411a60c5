"""Who may see what, as the store has it: departments, clients, grants, with everything they once were."""
