"""Grants as French public bodies publish them (SCDL « subventions » and its forerunners): who gave what to whom, when.

A grant is an alliance of its funders and its beneficiary. Publishers spell the columns, the dates and the numbers as
they like; what is a column's name stands in `_SPELLINGS`, what is a date is read leniently, and a register number is
either sound or not used. An organisation is its SIREN, else its RNA number, else its name and town within the file.

The State's list (« jaune » of the budget) writes `Ministry: 163 - Programme` for the grantor and ends the name of the
beneficiary by its town (`… - 06 MOUANS SARTOUX`). Natural persons are not loaded.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, partial

from loaders.cells import Row, iso_date
from loaders.errors import RowError
from loaders.identifiers import Numbers, numbers
from loaders.places import authority_named
from loaders.privacy import KIND, ORGANISATION, PERSONS_NUMBER
from loaders.registry import Files, loader
from loaders.tabular import Columns, Note
from loaders.territory_index import TerritoryIndex, folded
from loaders.ties import membership
from ontology import iris
from ontology.dates import first_day, last_day, reversed_period
from ontology.provenance import Coverage, Loaded, Source
from ontology.records import Actor, Alliance, Record

NAME = "grants"

_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "nomAttribuant": (
        "Nom de l'attribuant", "Nom de l'attributaire", "nom_attribuant", "Nom collectivité", "coll_nom", "cscollnom",
        "gestion", "nomattribuant_0", "IMPUTATION",
    ),
    "idAttribuant": (
        "Identification de l'attribuant", "Identification SIRET de l'attribuant", "Identification de l'attributaire",
        "Identification de l'attributaire (SIRET)", "identifiant_attribuant", "attribuant_id", "coll_siret",
        "idattribuant_0",
    ),
    "dateConvention": (
        "Date de la convention", "Date de la convention de subvention", "Date de signature de la convention",
        "Date de convention", "datedeconvention", "la_date_conv", "dateconvention_0", "acte_date",
    ),
    "dateDecision": ("Date de décision", "Date de délibération", "datevote"),
    "referenceDecision": (
        "Référence de la décision", "reference administrative (demande)", "Dossier - Code", "decision_ref", "acte_ref",
        "numero_complet_engagement", "identifiant_unique", "referenceconvention_0",
    ),
    "nomBeneficiaire": (
        "Nom du bénéficiaire", "Nom de l'organisme bénéficiaire", "nom_beneficiaire", "nom_des_beneficiaires",
        "nom_des_beneficaires", "beneficiaire_nom", "Bénéficiaire", "bénéficiaires", "libelle_beneficiaire",
        "designation_du_beneficiaire", "tiers_beneficiaire", "tiers", "libelle tiers", "libelle_complet_tiers",
        "liborgabenef", "attrib_nom", "nom_structure", "nombeneficiaire_0", "Nom attributaire", "Raison sociale",
        "ASSOCIATION",
    ),
    "nomBeneficiaire2": ("Raison sociale 2",),
    "idBeneficiaire": (
        "Identification du bénéficiaire", "Identification SIRET du bénéficiaire", "beneficiaire_code", "Code SIRET",
        "code_siren_siret", "code_tiers_beneficiaire", "idBeneficiare", "N° SIRET", "numero_siret", "SIRET", "SIREN",
        "siret 1", "attrib_siret", "beneficiaires_id", "idbeneficiaire_0", "SIRET organisme attributaire",
        "numero de referencement au repertoire des entreprises",
    ),
    "rnaBeneficiaire": ("RNA", "Numéro RNA"),
    "objet": ("Objet de la subvention", "objet_du_dossier", "Dossier"),
    "montant": (
        "Montant total de la subvention", "Montant de la subvention", "Montant de la subvention de fonctionnement (1)",
        "Montant voté", "Mandaté", "mtsubv", "subvention", "subvention allouée", "subventions_versees",
        "subvention totale", "total_des_mandats_emis", "la_somme_e_mtdel", "Détail des subventions",
    ),
    "montantInvestissement": ("Montant de la subvention d'investissement (1)",),
    "total": ("Total des subventions",),
    "datesPeriodeVersement": (
        "Date ou période de versement", "Date(s) ou période(s) de versement", "Dates de période de versement",
        "datePeriodeVersement", "dateperiodedversement", "dates_versement",
    ),
    "exerciceBudgetaire": ("Année", "annee_subv", "exercice", "Exercice budgétaire"),
    "codePostal": ("CP", "Code postal"),
    "commune": ("Ville", "Commune"),
    "formeJuridique": ("type", "Nature juridique", "Forme juridique"),
    "dispositifAide": ("dispositif",),
    "idRAE": (
        "N° unique de référencement au RAE", "Identification IRAE de l'aide attribuée", "rae_num",
        "Identifiant RAE de l'aide au titre de laquelle la subvention est attribuée",
    ),
    "notificationUE": (
        "Aide d'Etat notifiée à la Commission Européenne", "Notification à l'Union Européenne",
        "Aide d'Etat (ou pas) notifiée à l'UE", "aide notifiee a l'europe", "notificationue_0",
    ),
    "nature": ("Nature de la subvention", "type_d_avantage", "nature_de_la_subvention"),
    "conditionsVersement": (
        "Conditions de versement", "Conditions de versement de la subvention", "conditionVersement", "subv_versement",
    ),
    "pourcentageSubvention": (
        "Pourcentage du montant total de la subvention attribuée au bénéficiaire", "Pourcentage Subvention",
        "Pourcentage du montant de la subvention attribuée au bénéficiaire",
        "% du mt de la subvention attribuée au bénéficiaire", "pourentagesubvention",
    ),
    "pret": ("Montant du prêt", "Montant du prêt (3)"),
    "garantie": ("Montant de la garantie", "Montant de la garantie (2)"),
    "avantages": ("Avantages en nature (4)", "Détail des avantages en nature"),
    "montantAvantages": ("Estimation des avantages en nature", "Montant des avantages en nature"),
}  # fmt: skip
"""How publishers spell each column. Met in real files, or in the list of Data for Good's « Éclaireur public »."""

_HOW = "how it is paid, not between whom"
_NOT_GIVEN = "a loan, a guarantee or goods: no grant"
_TOPIC = "the publisher's own classes"
_OFFICE = "the tool or the office that handled it"

COLUMNS = Columns(
    fields={
        "nomAttribuant": "name", "idAttribuant": "siret", "attribuantsCofinanceurs": "name", "dateConvention": "start",
        "dateDecision": "start", "dateDebut": "start", "dateFin": "end", "exerciceBudgetaire": "end",
        "referenceDecision": "key", "nomBeneficiaire": "name", "nomBeneficiaire2": "name", "idBeneficiaire": "siret",
        "rnaBeneficiaire": "rna", "formeJuridique": "kind", "codePostal": "territory", "commune": "territory",
        "objet": "description", "dispositifAide": "description", "sousDispositif": "description",
        "montant": "amount_eur", "montantInvestissement": "amount_eur", "total": "amount_eur",
        "datesPeriodeVersement": "end", "dateDeuxiemeVersement": "end", "dateSoldeVersement": "end",
        "statutLabel": "key",
    },
    required=("nomAttribuant", "nomBeneficiaire"),
    ignored={
        "nature": _HOW, "conditionsVersement": _HOW, "descriptionConditionsVersement": _HOW, "idRAE": _HOW,
        "notificationUE": _HOW, "natureDecision": _HOW, "pourcentageSubvention": "publishers read it in two ways",
        "pret": _NOT_GIVEN, "garantie": _NOT_GIVEN, "avantages": _NOT_GIVEN, "montantAvantages": _NOT_GIVEN,
        "montantDemande": "asked for, not given", "secteur": _TOPIC, "catégorie": _TOPIC, "Colonne1": "empty",
        "idSubvention": _OFFICE, "nomServiceInstructeur": _OFFICE,
        "idServiceInstructeur": _OFFICE, "nomOutilInstruction": _OFFICE, "nomOutilVersement": _OFFICE, "ej": _OFFICE,
        "cléVersement": _OFFICE, "dateCreation": "of the application", "dateMiseAJour": "of the file",
        "pluriannualite": _HOW, "anneesPluriannualite": _HOW, "cofinancement": "see attribuantsCofinanceurs",
        "idCofinancement": "each funder's grant is one, and names the others", "evaluationCout": _HOW,
        "evaluation": _HOW,
    },
    aliases={spelling: column for column, spellings in _SPELLINGS.items() for spelling in spellings},
    personal={"nomBeneficiaire": ORGANISATION, "formeJuridique": KIND, "SIRET ou NIR": PERSONS_NUMBER},
    notes={
        "nomAttribuant": Note("Qui attribue, obligatoire.", "Who grants, required.", "Ville de Mende"),
        "idAttribuant": Note("Son SIRET, 14 chiffres.", "Its SIRET, 14 digits."),
        "nomBeneficiaire": Note("Qui reçoit, obligatoire.", "Who receives, required.", "Le Relais des Monts"),
        "idBeneficiaire": Note("Son SIRET, 14 chiffres.", "Its SIRET, 14 digits."),
        "rnaBeneficiaire": Note("Son numéro RNA.", "Its RNA number."),
        "dateConvention": Note("Jour de la convention.", "Day of the agreement.", "2021-03-05"),
        "referenceDecision": Note("Référence de la décision.", "Reference of the decision."),
        "objet": Note("Objet.", "Purpose.", "Fonctionnement"),
        "montant": Note("Montant en euros.", "Amount in euros.", "1500,00"),
        "datesPeriodeVersement": Note("Versement : jour, période.", "Payment: day, period.", "2021-04-01/2021-12-31"),
        "attribuantsCofinanceurs": Note("Autres financeurs, virgule entre eux.", "Other funders, commas between."),
    },
)  # fmt: skip

SOURCE = Source(
    name=NAME,
    title_fr="Subventions publiques (SCDL)",
    title_en="Public grants (SCDL)",
    publisher="Collectivités et État · Local authorities and the State",
    licence="celle du fichier, le plus souvent Licence Ouverte 2.0 · that of the file, mostly Licence Ouverte 2.0",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    homepage="https://schema.data.gouv.fr/scdl/subventions/",
    formats=("csv", "xlsx", "xls", "json", "parquet"),
    coverage=Coverage(
        kinds=("grant",),
        fr="Subventions des attribuants chargés : rien n’est dit des autres alliances.",
        en="Grants of the grantors loaded: nothing is said of other alliances.",
    ),
    resolved={"idBeneficiaire": 0.8},
)


@loader(SOURCE, template=COLUMNS)
def load(files: Files) -> Iterator[Loaded]:
    """Yield the grants of all files, and each organisation with the first row that names it."""
    seen = _Seen(TerritoryIndex.load())
    for file in files.names:
        yield from files.records(file, COLUMNS, partial(_read, seen))
    files.source = replace(SOURCE, coverage=replace(SOURCE.coverage, partial=tuple(sorted(seen.covered))))


@dataclass
class _Seen:
    """What the rows read so far named."""

    territories: TerritoryIndex
    actors: dict[str, Actor] = field(default_factory=dict)
    names: set[tuple[str, str]] = field(default_factory=set)
    """Each name of each actor, by its key."""
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    """The key of the grantor of each name, by file."""
    grants: set[str] = field(default_factory=set)
    covered: set[str] = field(default_factory=set)
    """The codes of the territories whose authorities grant."""


@dataclass(frozen=True)
class _Party:
    """An organisation as a row names it."""

    row: Row
    column: str
    """Where its name stands."""
    name: str
    numbers: Numbers = field(default_factory=Numbers)
    place: str | None = None
    """Its town as the row writes it."""
    departement: str | None = None
    kind: str | None = None

    @cached_property
    def key(self) -> str:
        """The SIREN, else the RNA number, else the name and the town within the file (or that of its quarantine)."""
        file = self.row.text("_file") or self.row.report.file
        named = ", ".join(part for part in (self.name, self.place) if part)
        return self.numbers.siren or self.numbers.rna or f"{named} ({file})"


_GRANTED = ("attribue", "attribuee")
_LINE = re.compile(r"(?P<ministry>.+?)\s*:\s*(?P<programme>[0-9]{3} - .+)")
"""A line of the budget of the State."""


def _read(seen: _Seen, row: Row) -> list[Record]:
    """The grant of a row with its parties, as far as no row gave them before.

    Nothing for a sum of other rows, and an application that was refused.
    """
    if _is_sum(row) or folded(row.text("statutLabel") or _GRANTED[0]) not in _GRANTED:
        return []
    terms = _terms(row)
    grantor, beneficiary = _grantor(seen, row), _beneficiary(seen, row)
    grant = _grant(terms, grantor, beneficiary)
    if grant.key in seen.grants:
        row.remark("duplicate_id", "nomBeneficiaire", beneficiary.name)
        return []
    seen.grants.add(grant.key)
    records: dict[str, Record] = {grant.iri: grant}
    for party, role in (*((one, "funder") for one in (grantor, *_cofunders(seen, row))), (beneficiary, "beneficiary")):
        records |= {one.iri: one for one in _part(seen, grant, party, role)}
    return list(records.values())


def _is_sum(row: Row) -> bool:
    """Whether the row adds up the rows below it, each of which names a grantor."""
    total = row.text("total")
    return total is not None and row.text("nomAttribuant") is None and row.text("montant") in (None, total)


# How much, for what, when.


@dataclass(frozen=True)
class _Terms:
    """What a row says of a grant, the parties apart."""

    start: str | None
    end: str | None
    amount: Decimal | None
    purpose: str | None
    reference: str | None


def _terms(row: Row) -> _Terms:
    start, end = _period(row)
    return _Terms(start, end, _amount(row), _purpose(row), row.text("referenceDecision"))


def _amount(row: Row) -> Decimal | None:
    """What is given in all, loans apart; remarked where the row does not say."""
    found = [row.euros(column) for column in ("montant", "montantInvestissement")]
    given = [one for one in found if one is not None]
    total = row.euros("total")
    if not given and total is None:
        row.remark("empty_value", "montant", "")
    return sum(given, Decimal(0)) if given else total


def _purpose(row: Row) -> str | None:
    """The purpose, and the scheme or the line of the budget that it is paid from."""
    line = _LINE.fullmatch(row.required("nomAttribuant"))
    parts = (row.text("objet"), row.text("dispositifAide"), row.text("sousDispositif"), line and line["programme"])
    return " ; ".join(part for part in parts if part) or None


_PAYMENTS = ("datesPeriodeVersement", "dateDeuxiemeVersement", "dateSoldeVersement", "dateFin", "exerciceBudgetaire")
_A_DATE = re.compile(
    r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?:[T ]00:00:00)?|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}"
    r"|(?<![0-9])[0-9]{4}(?:-[0-9]{2})?(?![0-9-])|(?<![0-9])[1-6][0-9]{4}(?![0-9])"
)
_BETWEEN = re.compile(r"(?:[\s/_;,&|-]|\b(?:au?|du|le|et|de)\b)*", re.IGNORECASE)


def _period(row: Row) -> tuple[str | None, str | None]:
    """From the agreement (or an earlier payment) to the last payment; a payment that cannot be dated is remarked.

    Raises `RowError` where the date of the agreement cannot be read, or a period ends before it starts.
    """
    agreed = row.day("dateConvention") or row.day("dateDecision") or row.day("dateDebut")
    paid = [day for column in _PAYMENTS for day in _dates(row, column)]
    first = min(paid, key=first_day, default=None)
    if agreed is None or (first is not None and last_day(first) < first_day(agreed)):
        agreed = first
    return agreed, max(paid, key=last_day, default=None)


def _dates(row: Row, column: str) -> list[str]:
    """The dates in a cell; remarks whatever else stands there (`2017-12-04/fin de l'action`)."""
    text = row.text(column)
    if text is None:
        return []
    try:
        found = [day for one in _A_DATE.findall(text) if (day := row.as_date(column, iso_date(one)))]
    except RowError as error:
        row.remark(error.code, column, text, error.detail)
        return []
    if not _BETWEEN.fullmatch(_A_DATE.sub("", text)):
        row.remark("bad_date", column, text)
    if len(found) == 2 and reversed_period(*found):
        raise RowError("reversed_period", f"{found[0]} > {found[1]}", column=column, value=text)
    return found


# Who.

_ENDS_IN_TOWN = re.compile(r"(?P<name>.+) - (?P<departement>[0-9][0-9AB][0-9]?)\s*(?P<town>.*)", re.DOTALL)
_KINDS = {
    "association": "association", "federation": "association", "fondation": "foundation", "fonds": "fund",
    "collectivite": "local_authority", "commune": "local_authority", "departement": "local_authority",
    "syndicat": "public_body", "public": "public_body", "etat": "state", "recherche": "research_body",
    "societe": "company", "sa": "company", "sas": "company", "sarl": "company", "entreprise": "company",
}  # fmt: skip
"""The kind of actor that the first of these words in a legal form means."""


def _grantor(seen: _Seen, row: Row) -> _Party:
    """Who grants: an authority, or the ministry of a line of the budget."""
    name = row.required("nomAttribuant")
    line = _LINE.fullmatch(name)
    if line:
        seen.covered.add("FRA")
        return _Party(row, "nomAttribuant", line["ministry"], kind="state")
    party = _Party(row, "nomAttribuant", name, numbers(row, "idAttribuant"))
    seen.keys[row.report.file, folded(name)] = party.key
    return party


def _beneficiary(seen: _Seen, row: Row) -> _Party:
    """Who receives."""
    names = (row.required("nomBeneficiaire"), row.text("nomBeneficiaire2"))
    name = " ".join(" ".join(part.split()) for part in names if part)
    place, departement = row.text("commune"), _departement(seen.territories, row.text("codePostal") or "")
    if _LINE.fullmatch(row.required("nomAttribuant")) and (found := _ENDS_IN_TOWN.fullmatch(name)):
        name, place = found["name"].strip(), found["town"] or None
        departement = seen.territories.departement(found["departement"])
    found_numbers = numbers(row, "idBeneficiaire", "rnaBeneficiaire")
    return _Party(row, "nomBeneficiaire", name, found_numbers, place, departement, _kind_of_form(row))


def _departement(territories: TerritoryIndex, postcode: str) -> str | None:
    """The département of a postal code: its first two digits, three overseas, and Corsica's 20 is two of them."""
    if postcode.startswith("20"):
        return territories.departement("2A" if postcode[2:3] in ("0", "1") else "2B")
    return territories.departement(postcode[: 3 if postcode.startswith(("97", "98")) else 2])


def _kind_of_form(row: Row) -> str | None:
    words = re.findall("[a-z]+", folded(row.text("formeJuridique") or ""))
    return next((_KINDS[word] for word in words if word in _KINDS), None)


def _cofunders(seen: _Seen, row: Row) -> Iterator[_Party]:
    """The other funders, who have names alone: a grantor of that name in the file is the same."""
    for name in row.many("attribuantsCofinanceurs", ","):
        key = seen.keys.get((row.report.file, folded(name)))
        known = seen.actors.get(key) if key else None
        found = Numbers(known.siren, None, known.rna) if known else Numbers()
        yield _Party(row, "attribuantsCofinanceurs", name, found)


def _part(seen: _Seen, grant: Alliance, party: _Party, role: str) -> list[Record]:
    """The part of an organisation in a grant, and the organisation where no row named it before."""
    records: list[Record] = []
    if party.key not in seen.actors:
        seen.actors[party.key] = _actor(seen, party)
        records.append(seen.actors[party.key])
    _remark_other_name(seen, party)
    return [*records, membership(grant, seen.actors[party.key], role)]


def _remark_other_name(seen: _Seen, party: _Party) -> None:
    """Report a name that differs from the first, once."""
    known = seen.actors[party.key].name
    if party.name != known and (party.key, party.name) not in seen.names:
        party.row.remark("differs", party.column, party.name, known)
    seen.names.add((party.key, party.name))


def _actor(seen: _Seen, party: _Party) -> Actor:
    code = _seat(seen, party)
    if party.column != "nomBeneficiaire" and code:
        seen.covered.add(code)
    return Actor(
        source=NAME,
        key=party.key,
        name=party.name,
        kind=party.kind or _kind_of_numbers(party.numbers),
        territory=code and iris.territory(code),
        seat_as_stated=party.place,
        siren=party.numbers.siren,
        siret=party.numbers.siret,
        rna=party.numbers.rna,
    )


def _kind_of_numbers(found: Numbers) -> str:
    """What the numbers say: an RNA number is an association's, a SIREN in 1 or 2 a public body's (INSEE, SIRENE).

    Among the latter, 21 is for communes, 22 for départements, 23 for régions, 24 for their groupings.
    """
    siren = found.siren or ""
    if found.rna:
        return "association"
    if siren.startswith(("21", "22", "23", "24")):
        return "local_authority"
    return "public_body" if siren.startswith(("1", "2")) else "unspecified"


def _seat(seen: _Seen, party: _Party) -> str | None:
    """Where an organisation is seated: the territory of its SIREN, else of its town, or of an authority's name."""
    siren = party.numbers.siren or ""
    code = seen.territories.epci(siren) or _departement_of(seen.territories, siren)
    if code is not None:
        return code
    if party.column == "nomBeneficiaire":
        return _town(seen.territories, party)
    code = None if party.kind == "state" else authority_named(party.name, seen.territories)
    if code is not None:
        party.row.remark("matched_by_name", party.column, party.name, code)
    return code


def _departement_of(territories: TerritoryIndex, siren: str) -> str | None:
    """The département of its own SIREN, which has its number after 22 (`224400028`: Loire-Atlantique)."""
    return territories.departement(siren[2:4]) if siren.startswith("22") else None


def _town(territories: TerritoryIndex, party: _Party) -> str | None:
    """The commune of a town's name in its département, else the département: if it is stated, not only a postcode's."""
    stated = None if party.row.text("codePostal") else party.departement
    if party.place is None:
        return stated
    column = "commune" if party.row.text("commune") else "nomBeneficiaire"
    code = territories.commune_named(party.place, party.departement or "FRA")
    party.row.remark("matched_by_name" if code else "unknown_territory", column, party.place, code or stated or "")
    return code or stated


def _grant(terms: _Terms, grantor: _Party, beneficiary: _Party) -> Alliance:
    """The grant; two that differ in nothing are one."""
    said = (terms.reference, terms.end, terms.amount, terms.purpose)
    digest = hashlib.sha256("\n".join(str(one) for one in said).encode()).hexdigest()[:16]
    year = f" {terms.start[:4]}" if terms.start else ""
    return Alliance(
        source=NAME,
        key="|".join((grantor.key, beneficiary.key, terms.start or "", digest)),
        name=f"Subvention{year} de {grantor.name} à {beneficiary.name}",
        kind="grant",
        description=terms.purpose,
        start=terms.start,
        end=terms.end,
        amount_eur=terms.amount,
    )
