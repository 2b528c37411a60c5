"""What callers have the hub do: each act once, in one transaction with its entry and its notices."""
