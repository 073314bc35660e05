"""Reports: what is shown is computed once, in `tables`; the other modules write it down. Nothing here computes a score."""
