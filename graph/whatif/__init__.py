"""What would change: which new alliance would help a territory most, whom the departure of an actor would leave alone.

links        the alliances that could be made, and whom each would touch
effects      what each changes, exactly, without computing the level anew
addition     the best of them, in order
removal      the same for an actor who leaves
departures   which actors alone keep a territory connected
"""

from graph.whatif.addition import Additions, TooManyLinkedError, add
from graph.whatif.departures import departures
from graph.whatif.removal import remove

__all__ = ["Additions", "TooManyLinkedError", "add", "departures", "remove"]
