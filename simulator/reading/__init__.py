"""The one door through which results are read back: they may be damaged, cut short, or somebody else's."""
