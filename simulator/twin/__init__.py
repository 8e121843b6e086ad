"""A user's own system: from templates, states and outputs of AWS to a scenario, each field with its origin."""
