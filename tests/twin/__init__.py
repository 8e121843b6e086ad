"""Importing a user's own system."""
