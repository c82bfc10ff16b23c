"""What would change: which new alliance would help a territory most, whom the departure of an actor would leave alone.

links        the alliances that could be made, and whom each would touch
effects      what each changes, exactly, without computing the level anew
addition     the best of them, in order
removal      the same for an actor who leaves
"""

from graph.whatif.addition import Additions, TooManyLinkedError, add
from graph.whatif.removal import remove

__all__ = ["Additions", "TooManyLinkedError", "add", "remove"]
