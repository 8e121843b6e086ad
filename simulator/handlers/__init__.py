"""The user's own handlers: called with the events of attempts, each in a process of its own (docs/handler.md)."""
