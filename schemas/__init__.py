"""What a case is: vocabularies, tables, columns, rules, site profiles. Declarations; no I/O."""
