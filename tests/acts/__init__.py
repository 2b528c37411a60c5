"""Acts: idempotency, transactions and the outbox, freezes, mandates."""
