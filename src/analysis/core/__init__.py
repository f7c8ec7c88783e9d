"""What every subject stands on; no business rule lives here."""
