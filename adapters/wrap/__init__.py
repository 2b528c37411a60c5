"""What stands between the hub and any adapter: deadline, concurrency, breaker, retry, and what they saw of the source."""
