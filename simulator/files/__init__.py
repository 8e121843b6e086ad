"""Files that are whole or not there: made in a folder of their own beside their place, then moved to it."""
