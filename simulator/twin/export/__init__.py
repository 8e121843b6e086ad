"""From a scenario back to AWS's words: a snippet of a template, of Terraform, or commands."""
