"""The door through which results are read back."""
