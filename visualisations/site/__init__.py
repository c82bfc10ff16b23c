"""The web site that people open: its words, its addresses, its templates; from plain values to HTML."""
