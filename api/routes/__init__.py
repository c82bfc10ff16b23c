"""The HTTP routes: parameters in, answers of `api.answers` out. Nothing is decided here but the form."""
