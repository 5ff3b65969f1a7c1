"""Every JSON object, and every script, that is written; command line, audit and library share them."""
