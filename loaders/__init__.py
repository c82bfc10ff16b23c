"""Where what is known comes from: one file a source, and what they share."""
