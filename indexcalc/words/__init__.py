"""Every word that a person reads, Chinese and English side by side, and the words that are recognised in files."""
