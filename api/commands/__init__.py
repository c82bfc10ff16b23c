"""The commands: each module holds a few, and is imported when one of them is used."""
