"""The exchange of data between departments: what is asked for, who answers, by when, and what becomes of it."""
