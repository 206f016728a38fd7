"""How the cases are kept: DuckDB store, validation pass, quarantine, ledger, snapshots."""
