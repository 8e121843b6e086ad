"""The kernel against the plain rules."""
