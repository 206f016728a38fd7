"""The control room: home, settings, Dagster definitions, command line."""
