"""What `import simulator` offers."""
