"""What a user writes: the scenario, its units, and its loading with line numbers (docs/model.md, section 1)."""
