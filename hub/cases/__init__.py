"""Cases: which of them somebody knows – an open task, a case source – and which of them audit has to look at."""
