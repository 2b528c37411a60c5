"""The record as a tree: proofs, checkpoints, what keeps them, and whoever would change it unnoticed."""
