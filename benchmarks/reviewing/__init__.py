"""Many reviewers in front of one dashboard at the same time, and what the ledger says of their decisions."""
