"""Grants in the 360Giving standard (JSON, or its spreadsheet form): who funds whom for what, several funders included.

A grant is an alliance of its funders and recipients, dated by its award and its planned end. The standard is the
same in every country: a territory is looked up only where the file says that it is in France, and an amount is a
number only where it is in euros; what else there is stays in the description. Grants to individuals are withheld.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from loaders.cells import Row
from loaders.errors import RowError
from loaders.identifiers import Numbers, is_rna, is_siren, is_siret
from loaders.privacy import CONTACT, INDIVIDUAL, PERSON, Personal
from loaders.registry import Files, loader
from loaders.tabular import Columns
from loaders.territory_index import TerritoryIndex
from loaders.ties import implements, membership
from ontology import iris
from ontology.dates import reversed_period
from ontology.provenance import Coverage, Loaded, Source
from ontology.records import Actor, Alliance, Programme, Record

NAME = "givings"
_FUNDER, _RECIPIENT, _PLACE, _PROGRAMME = (
    "fundingOrganization", "recipientOrganization", "beneficiaryLocation", "grantProgramme",
)  # fmt: skip
_INDIVIDUAL = "recipientIndividual"
_ONCE = "another column says it"
_PAYMENT = "says nothing of who takes part"
_ADDRESS = "the address of an organisation"
_PUBLICATION = "of the publication, not of the grant"

COLUMNS = Columns(
    fields={
        "id": "key", "title": "name", "description": "description", "currency": "amount_eur",
        "amountAwarded": "amount_eur", "awardDate": "start", "plannedDates.0.startDate": "start",
        "plannedDates.0.endDate": "end", "url": "source_urls", "dataSource": "source_urls",
    },
    required=("id", f"{_FUNDER}.0.name"),
    ignored={
        "dateModified": _PUBLICATION, "fromOpenCall": _PAYMENT, "amountAppliedFor": _PAYMENT,
        "amountDisbursed": _PAYMENT, "regrantType": _PAYMENT, "locationScope": _ONCE,
        "plannedDates.0.duration": _ONCE, "Award Date - website format": _ONCE,
        "Amount Awarded - website format": _ONCE, "Website.Decision Notes": "not of the standard",
        "Website.Project Detail": "not of the standard",
    },
    aliases={
        "Identifier": "id", "Amount Awarded": "amountAwarded", "Award Date": "awardDate",
        "Planned Dates:Start Date": "plannedDates.0.startDate", "Planned Dates:End Date": "plannedDates.0.endDate",
        "Planned Dates:Duration (months)": "plannedDates.0.duration", "Last modified": "dateModified",
        "Data Source": "dataSource", "From An Open Call?": "fromOpenCall",
        **{
            f"{written}:{title}": f"{own}.0.{name}"
            for written, own in (
                ("Funding Org", _FUNDER), ("Recipient Org", _RECIPIENT), ("Beneficiary Location", _PLACE),
                ("Grant Programme", _PROGRAMME),
            )
            for title, name in (
                ("Identifier", "id"), ("Name", "name"), ("Title", "title"), ("Code", "code"),
                ("Web Address", "url"), ("Postal Code", "postalCode"), ("Charity Number", "charityNumber"),
                ("Country Code", "countryCode"), ("Geographic Code", "geoCode"),
            )
        },
    },
)  # fmt: skip
"""What stands in every file; `_columns` adds those of the lists, which are as long as the longest of the file."""

_LISTED = {
    _FUNDER: {"id": "key", "name": "name", "url": "website"},
    _RECIPIENT: {"id": "key", "name": "name", "url": "website"},
    _PLACE: {"geoCode": "territory", "countryCode": "territory", "name": "description"},
    _PROGRAMME: {"code": "key", "title": "name"},
}
_LISTED_IGNORED = {
    "charityNumber": _ONCE, "companyNumber": _ONCE, "department": _PAYMENT, "description": _PAYMENT,
    "streetAddress": _ADDRESS, "addressLocality": _ADDRESS, "addressRegion": _ADDRESS, "addressCountry": _ADDRESS,
    "postalCode": _ADDRESS, "alternateName": _ONCE, "dateModified": _PUBLICATION,
    "geoCodeType": _ONCE, "latitude": _ONCE, "longitude": _ONCE, "url": _ONCE,
}  # fmt: skip
_LISTED_PERSONAL: Mapping[str, Personal] = {"contactName": PERSON, "email": CONTACT, "telephone": CONTACT}
_PASSED = (
    "actualDates.", "applicationTransaction", "classifications", "commitmentTransaction", "disbursementTransaction",
    "fundingType", "plannedDates.", "relatedActivity", "relatedDocument", "toIndividualsDetails",
)  # fmt: skip
"""How the columns of the other lists of the standard begin."""
_LIST = re.compile(r"([A-Za-z]+)\.[0-9]+\.([A-Za-z]+)")

SOURCE = Source(
    name=NAME,
    title_fr="Dons et subventions au format 360Giving",
    title_en="Grants in the 360Giving standard",
    publisher="Fondations et fonds qui publient au format 360Giving · Foundations that publish as 360Giving",
    licence="celle du fichier · that of the file",
    licence_url="https://standard.threesixtygiving.org/",
    homepage="https://www.360giving.org/",
    formats=("json", "csv", "xlsx"),
    coverage=Coverage(
        kinds=("grant",),
        fr="Dons des financeurs qui publient : aucun territoire n’est couvert.",
        en="Grants of the funders that publish: no territory is covered.",
    ),
)


@loader(SOURCE, columns=(COLUMNS,))
def load(files: Files) -> Iterator[Loaded]:
    """Yield each grant with its parties, and what they are with the first row that names them."""
    seen = _Seen(TerritoryIndex.load())
    for file in files.names:
        first = next(files.rows(file, COLUMNS), None)
        header = tuple(first.positions) if first else ()
        yield from files.records(file, _columns(header), partial(_read, seen))


def _columns(header: Iterable[str]) -> Columns:
    """The columns of a file: those of every file, and those of its lists (`fundingOrganization.1.name`)."""
    fields, ignored, personal = dict(COLUMNS.fields), dict(COLUMNS.ignored), dict(COLUMNS.personal)
    for name in header:
        found = _LIST.fullmatch(name)
        if name.startswith(_INDIVIDUAL):
            personal[name] = INDIVIDUAL
        elif found and found[2] in _LISTED.get(found[1], ()):
            fields[name] = _LISTED[found[1]][found[2]]
        elif found and found[1] in _LISTED and found[2] in _LISTED_PERSONAL:
            personal[name] = _LISTED_PERSONAL[found[2]]
        elif found and found[1] in _LISTED and found[2] in _LISTED_IGNORED:
            ignored[name] = _LISTED_IGNORED[found[2]]
        elif name in _LISTED or (name.startswith(_PASSED) and name not in fields):
            ignored[name] = "an empty list" if name in _LISTED else _PAYMENT
    return Columns(fields, COLUMNS.required, ignored, COLUMNS.aliases, personal=personal)


@dataclass
class _Seen:
    """What the rows read so far named."""

    territories: TerritoryIndex
    grants: dict[str, int] = field(default_factory=dict)
    """What the row of each grant says, hashed."""
    actors: dict[str, Actor] = field(default_factory=dict)
    programmes: set[str] = field(default_factory=set)


def _read(seen: _Seen, row: Row) -> list[Record]:
    """The grant of a row and what no row named before; nothing where an earlier row says the same."""
    key = row.required("id")
    if _repeats(seen, row, key):
        return []
    funders, recipients = _parties(row, _FUNDER), _parties(row, _RECIPIENT)
    if not recipients:
        raise RowError("empty_value", column=f"{_RECIPIENT}.0.name")
    grant = _grant(seen, row, key)
    programme = _programme(row)
    seen.grants[key] = hash(row.values)
    records: list[Record] = [grant]
    for actor, role in (*((one, "funder") for one in funders), *((one, "beneficiary") for one in recipients)):
        records += [*_new(seen, row, actor), membership(grant, actor, role)]
    if programme:
        records += [*([] if programme.key in seen.programmes else [programme]), implements(grant, programme)]
        seen.programmes.add(programme.key)
    return list({one.iri: one for one in records}.values())


def _repeats(seen: _Seen, row: Row, key: str) -> bool:
    """Whether an earlier row is the same; raises `RowError` where it has the id and says something else."""
    before = seen.grants.get(key)
    if before is not None and before != hash(row.values):
        raise RowError("conflicting_duplicate", column="id", value=key)
    return before is not None


def _members(row: Row, name: str) -> Iterator[int]:
    """The places of a list of the file that have text in this row."""
    places = {int(one.split(".")[1]) for one in row.positions if one.startswith(f"{name}.") and row.text(one)}
    yield from sorted(places)


def _parties(row: Row, name: str) -> list[Actor]:
    return [_actor(row, f"{name}.{place}") for place in _members(row, name)]


def _actor(row: Row, prefix: str) -> Actor:
    """An organisation by its id in the standard (`GB-CHC-1000147`), else by its name."""
    name = row.required(f"{prefix}.name")
    key = row.text(f"{prefix}.id") or name
    numbers = _numbers(row, f"{prefix}.id")
    return Actor(
        source=NAME,
        key=key,
        name=name,
        kind="unspecified",
        website=row.site(f"{prefix}.url"),
        siren=numbers.siren,
        siret=numbers.siret,
        rna=numbers.rna,
    )


def _numbers(row: Row, column: str) -> Numbers:
    """The French register number at the end of an id (org-id.guide), such as `FR-RCS-552100554`."""
    text = row.text(column) or ""
    if not text.startswith("FR-"):
        return Numbers()
    number = text.rpartition("-")[2]
    if is_siret(number):
        return Numbers(siren=number[:9], siret=number)
    if is_siren(number):
        return Numbers(siren=number)
    if is_rna(number):
        return Numbers(rna=number)
    row.remark("bad_identifier", column, text)
    return Numbers()


def _new(seen: _Seen, row: Row, actor: Actor) -> list[Actor]:
    """The actor if no row named it before; a later name of the same id is remarked."""
    first = seen.actors.setdefault(actor.key, actor)
    if first.name != actor.name:
        column = next(name for name in row.positions if name.endswith(".name") and row.text(name) == actor.name)
        row.remark("differs", column, actor.name, first.name)
    return [actor] if first is actor else []


def _grant(seen: _Seen, row: Row, key: str) -> Alliance:
    start, end = _period(row)
    return Alliance(
        source=NAME,
        key=key,
        name=row.required("title"),
        kind="grant",
        description=_description(row),
        territory=_territory(seen, row),
        start=start,
        end=end,
        amount_eur=_euros(row),
        source_urls=row.addresses("url") or row.addresses("dataSource"),
    )


def _period(row: Row) -> tuple[str | None, str | None]:
    """From the planned start, else the award, to the planned end; raises `RowError` where the end comes first."""
    start = _day(row, "plannedDates.0.startDate") or _day(row, "awardDate")
    end = _day(row, "plannedDates.0.endDate")
    if reversed_period(start, end):
        raise RowError("reversed_period", f"{start} > {end}", column="plannedDates.0.endDate", value=end)
    return start, end


def _day(row: Row, column: str) -> str | None:
    """The day of a date, which the standard lets have a time (`2020-07-02T00:00:00+00:00`)."""
    text = row.text(column)
    return row.as_date(column, text.partition("T")[0]) if text else None


def _euros(row: Row) -> Decimal | None:
    """The amount, where it is in euros."""
    amount = row.money("amountAwarded")
    return amount if row.text("currency") == "EUR" else None


def _description(row: Row) -> str | None:
    """What the file says of the grant, the amount in other money and the place where no territory is known."""
    amount, currency = row.text("amountAwarded"), row.text("currency")
    foreign = f"{amount} {currency}" if amount and currency != "EUR" else None
    places = [name for place in _members(row, _PLACE) if (name := row.text(f"{_PLACE}.{place}.name"))]
    parts = (row.text("description"), foreign, ", ".join(places))
    return " — ".join(part for part in parts if part) or None


def _territory(seen: _Seen, row: Row) -> str | None:
    """The only French territory of a grant; a code in France that is unknown is remarked."""
    found: list[str] = []
    for place in _members(row, _PLACE):
        column = f"{_PLACE}.{place}.geoCode"
        code = row.text(column)
        if code is None or row.text(f"{_PLACE}.{place}.countryCode") != "FR":
            continue
        territory = seen.territories.find(code)
        if territory.code is None or territory.by_name:
            row.remark("unknown_territory", column, code)
        else:
            found.append(territory.code)
    return iris.territory(found[0]) if len(found) == 1 else None


def _programme(row: Row) -> Programme | None:
    """The programme that a grant is part of, which belongs to its first funder."""
    title = row.text(f"{_PROGRAMME}.0.title") or row.text(f"{_PROGRAMME}.0.code")
    if title is None:
        return None
    funder = row.text(f"{_FUNDER}.0.id") or row.required(f"{_FUNDER}.0.name")
    return Programme(source=NAME, key=f"{funder}|{title}", name=title, kind="programme")
