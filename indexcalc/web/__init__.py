"""Pages served to a team: read, and where it was asked for also edited, reported through and shown on a wall."""
