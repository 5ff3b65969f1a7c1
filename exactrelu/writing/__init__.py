"""What everything written stands on: files that are whole or not there, tables in HTML."""
