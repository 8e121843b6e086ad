"""What a run leaves for people: CSV and JSON files, plots, the terminal's table."""
