"""From what is known of a system to the fields of a scenario, each with its origin."""
