"""What is kept, chained and read back: reports on the disk, runs, changed weights, published scores, the ledger."""
