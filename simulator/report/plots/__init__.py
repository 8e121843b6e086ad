"""The plots of a finished run, one a file, drawn from its tables."""
