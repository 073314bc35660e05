"""What is shown, computed once for all formats."""
