"""The page that simulates: its plans and its figures are those of the command line."""
