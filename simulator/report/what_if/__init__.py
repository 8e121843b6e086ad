"""What if: the part of a page that simulates in the browser (docs/what-if.md)."""
