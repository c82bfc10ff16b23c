"""A network in the formats of other programs: each takes what `graph.networks` makes and writes one file.

    graphml     NetworkX, igraph, yEd, Cytoscape
    gexf        Gephi, Gephi Lite (colours without alpha)
    kumu        a JSON blueprint of Kumu
    pajek       a .net file, two-mode where the network is
    ftm         FollowTheMoney entities, one JSON object a line: actors, alliances, memberships
    tables      nodes and edges as frames, for CSV and whatever reads tables

From the same network the same bytes: nothing here looks at a clock.
"""

from graph.exports.ftm import write_ftm
from graph.exports.note import Note
from graph.exports.writers import WRITERS, Writer

__all__ = ["WRITERS", "Note", "Writer", "write_ftm"]
