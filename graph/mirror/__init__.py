"""The mirror of a generation in a property graph that answers Cypher, and the proof that it is the same graph."""
