"""Where chance is used, it starts from here."""

SEED = 17
