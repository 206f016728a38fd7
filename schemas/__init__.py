"""What a case is: vocabularies, tables, columns, rules, site profiles. Pure declarations; no I/O."""
