"""What the columns of files say of persons, and what becomes of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Treatment = Literal["dropped", "screened", "kept"]
"""`dropped`: neither loaded nor copied. `screened`: speaks of organisations; where it speaks of a natural person,
nothing of the row is loaded or copied. `kept`: persons in a public role, as their source publishes them."""


@dataclass(frozen=True)
class Personal:
    """What becomes of a column that says something of persons, and what it says."""

    treatment: Treatment
    fr: str
    en: str
    is_person: Callable[[str], bool] = lambda _cell: False
    """Of a column that is screened: whether a cell says that the row is about a natural person."""


_TITLE = re.compile(r"(m\.|mr\.?|mme\.?|mlle\.?|monsieur|madame|mademoiselle)\s+\S", re.IGNORECASE)
_A_PERSON = re.compile(r"^\s*person(ne)?s?\s*$|personnes?\s+physiques?|\bparticuliers?\b", re.IGNORECASE)


def _bears_a_title(name: str) -> bool:
    """Whether a name begins with a form of address."""
    return bool(_TITLE.match(name))


def _says_person(kind: str) -> bool:
    return bool(_A_PERSON.search(kind))


PERSON = Personal("dropped", "nom ou état civil d’une personne", "the name or civil status of a person")
CONTACT = Personal("dropped", "moyen de joindre une personne", "how to reach a person")
PERSONS_NUMBER = Personal("dropped", "numéro qui peut être celui d’une personne", "a number that may be a person’s")
ORGANISATION = Personal(
    "screened", "nom d’une organisation, ou d’une personne", "name of an organisation, or a person", _bears_a_title
)
KIND = Personal(
    "screened",
    "nature de l’acteur, qui peut être une personne",
    "kind of an actor, which may be a person",
    _says_person,
)
INDIVIDUAL = Personal("screened", "personne qui reçoit", "a person who receives", bool)
PUBLIC_ROLE = Personal("kept", "personne dans une fonction publique", "a person in a public role")

_PERSONAL = (
    r"e?mails?|courriels?|mels?|tel(ephone)?s?|mobiles?|portables?|phones?|prenoms?|firstname|lastname|surname|civilite"
    r"|sexe|birthdate|dateofbirth|date(de)?naissance|lieu(de)?naissance|nationalite|nir|securitesociale"
    r"|(contact|president|presidente|dirigeant|dirigeante|tresorier|tresoriere|secretaire|referent|referente"
    r"|responsable|interlocuteur|interlocutrice)s?"
)
_BETWEEN = (
    r"adresses?|add?ress(?!e)|nom|no|nodeo|num|numero|professionnel(le)?|perso(nnel(le)?)?|direct|fixe|et"
    r"|de|du|des|d(?!e)|la|l"
)
"""Words between those; none but a few can be read in two ways, so that no name takes long."""
_ABOUT_PERSONS = re.compile(rf"({_BETWEEN})*({_PERSONAL})({_PERSONAL}|{_BETWEEN})*")
"""What a column is called (letters alone) that a loader does not know and that surely is about persons."""


_LONGEST = 80
"""Letters of such a name; a longer one is a sentence, or was made to keep us busy."""


def is_about_persons(name: str) -> bool:
    """Whether a column that no loader knows is about persons, by the letters of its name alone."""
    return len(name) <= _LONGEST and bool(_ABOUT_PERSONS.fullmatch(name))
