"""What may be said: the model, its RDF form, its vocabulary and its shapes."""
