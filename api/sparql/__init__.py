"""Foreign SPARQL, answered by processes that may die.

A query of a stranger can crash the engine, eat its memory or never end, and the engine's Python interface has no
way to stop it. So it never runs in the process of the API:

    protocol   HTTP in and out: the SPARQL 1.1 protocol, query only
    guard      a look at the text: SERVICE, nesting and size are refused with a sentence
    pool       lends a worker to a query, and kills it at the deadline
    worker     one process: read-only store, no network, limited memory, one query at a time
    sandbox    how a worker gives its rights away (in `loaders.reading`, for readers of foreign files do so too)
    formats    results as JSON, XML, CSV, TSV or RDF, cut at a limit, and what `Accept` asks for
    frames     what goes through the pipe between pool and worker
    errors     why there is no result

This file imports nothing, so that a worker starts quickly.
"""
