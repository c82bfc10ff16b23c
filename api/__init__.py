"""How it is asked: command line and HTTP, and the wiring of everything below."""
