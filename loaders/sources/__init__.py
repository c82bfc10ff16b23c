"""The sources: each file here registers one, found by discovery."""
