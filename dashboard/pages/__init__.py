"""Pages: one module per page, from a snapshot and the address to what the template shows."""
