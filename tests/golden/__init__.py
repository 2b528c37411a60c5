"""Golden folders: a question, who asks it, and what came of it – plan, answer, calls."""
