"""Why a row, a cell or a file is refused: a closed list, each with what to do, in French and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ReasonCode = Literal[
    "file_missing", "file_refused", "wrong_encoding", "missing_column", "duplicate_column", "new_column",
    "absent_column",
    "too_many_columns", "unclosed_quote", "bad_quote", "wrong_field_count", "control_characters",
    "empty_value", "duplicate_id", "conflicting_duplicate", "dangling_reference", "reference_cycle",
    "wrong_kind", "bad_date", "reversed_period", "bad_number", "bad_address", "unknown_value",
    "unknown_territory", "unknown_target", "bad_identifier", "invalid_record", "pair_without_relation",
    "suspicious_text", "too_few_rows", "too_few_resolved", "guessed_encoding", "too_many_rows", "bad_json",
    "reader_stopped", "bad_mapping", "sheet_not_read", "unlikely_date", "open_end", "ambiguous_territory",
    "matched_by_name", "differs", "natural_person", "bad_rdf", "unknown_term",
    "nothing_needed",
]  # fmt: skip


@dataclass(frozen=True)
class Reason:
    """What is wrong and what to do about it."""

    fr: str
    en: str
    hint_fr: str
    hint_en: str


REASONS: Mapping[ReasonCode, Reason] = {
    "file_missing": Reason(
        "Le fichier manque.",
        "The file is missing.",
        "Placez le fichier dans le dossier de la source.",
        "Put the file into the folder of the source.",
    ),
    "file_refused": Reason(
        "Le fichier est illisible.",
        "The file cannot be read.",
        "Réexportez-le en CSV UTF-8 ou en XLSX.",
        "Export it again as CSV in UTF-8 or as XLSX.",
    ),
    "wrong_encoding": Reason(
        "Le texte du fichier n'est pas en UTF-8, et rien de sûr ne peut en être lu.",
        "The text of the file is not in UTF-8, and nothing certain can be read from it.",
        "Enregistrez-le en « CSV UTF-8 ».",
        "Save it as “CSV UTF-8”.",
    ),
    "missing_column": Reason(
        "Une colonne obligatoire manque.",
        "A required column is missing.",
        "Donnez ce nom à la colonne, ou dites avec --mapping FICHIER.yaml comment elle s'appelle.",
        "Give the column this name, or say with --mapping FILE.yaml what it is called.",
    ),
    "duplicate_column": Reason(
        "Deux colonnes portent le même nom.",
        "Two columns have the same name.",
        "Renommez ou supprimez l'une des deux.",
        "Rename or remove one of the two.",
    ),
    "new_column": Reason(
        "La colonne est inconnue : elle n'est pas chargée.",
        "The column is not known: it is not loaded.",
        "Vérifiez son nom ; déclarez-la dans le chargeur si elle est nouvelle.",
        "Check its name; declare it in the loader if it is new.",
    ),
    "absent_column": Reason(
        "Une colonne connue manque, alors qu'une inconnue est présente.",
        "A known column is absent, while an unknown one is there.",
        "Vérifiez si la colonne inconnue est celle-ci, mal nommée.",
        "Check whether the unknown column is this one, misspelt.",
    ),
    "too_many_columns": Reason(
        "Le fichier a trop de colonnes.",
        "The file has too many columns.",
        "Gardez au plus 200 colonnes.",
        "Keep at most 200 columns.",
    ),
    "unclosed_quote": Reason(
        "Un guillemet ouvert n'est jamais fermé : la suite du fichier ne peut être lue.",
        "A quotation mark is opened and never closed: the rest of the file cannot be read.",
        "Fermez le guillemet, ou doublez-le s'il fait partie du texte.",
        "Close the quotation mark, or double it where it is part of the text.",
    ),
    "bad_quote": Reason(
        "Un guillemet se trouve au milieu d'une valeur.",
        "A quotation mark stands inside a value.",
        "Doublez-le et mettez la valeur entre guillemets.",
        "Double it and put the value in quotation marks.",
    ),
    "wrong_field_count": Reason(
        "La ligne n'a pas autant de valeurs que l'en-tête de colonnes.",
        "The row has not as many values as the header has columns.",
        "Mettez entre guillemets les valeurs qui contiennent le séparateur.",
        "Quote the values that contain the delimiter.",
    ),
    "control_characters": Reason(
        "La ligne contient des caractères de contrôle.",
        "The row holds control characters.",
        "Supprimez-les ; ils sont souvent invisibles.",
        "Remove them; often they cannot be seen.",
    ),
    "empty_value": Reason(
        "Une valeur obligatoire est vide.",
        "A required value is empty.",
        "Remplissez la cellule.",
        "Fill in the cell.",
    ),
    "duplicate_id": Reason(
        "La ligne répète une ligne précédente.",
        "The row repeats an earlier one.",
        "Supprimez la répétition.",
        "Remove the repetition.",
    ),
    "conflicting_duplicate": Reason(
        "L'identifiant est déjà pris par une autre ligne qui dit autre chose.",
        "The id is taken by another row that says something else.",
        "Corrigez l'identifiant, ou gardez une seule ligne.",
        "Correct the id, or keep one row only.",
    ),
    "dangling_reference": Reason(
        "L'identifiant cité n'a été chargé d'aucun fichier de la source.",
        "The id that is referred to was loaded from no file of the source.",
        "Corrigez l'identifiant, ou la ligne qu'il désigne (elle manque, ou elle est elle-même en quarantaine).",
        "Correct the id, or the row that it names (which is missing, or in quarantine itself).",
    ),
    "reference_cycle": Reason(
        "La référence tourne en rond.",
        "The reference goes round in a circle.",
        "Corrigez l'un des liens du cercle.",
        "Correct one of the links of the circle.",
    ),
    "wrong_kind": Reason(
        "L'identifiant cité désigne autre chose que ce qui est attendu ici.",
        "The id that is referred to names another kind of thing than is expected here.",
        "Citez un identifiant du bon fichier.",
        "Refer to an id of the right file.",
    ),
    "bad_date": Reason(
        "La date n'existe pas ou n'est pas lisible.",
        "The date does not exist or cannot be read.",
        "Écrivez 2020, 2020-05 ou 2020-05-07.",
        "Write 2020, 2020-05 or 2020-05-07.",
    ),
    "reversed_period": Reason(
        "La fin précède le début.",
        "The end comes before the start.",
        "Corrigez ou échangez les deux dates.",
        "Correct or swap the two dates.",
    ),
    "bad_number": Reason(
        "Le nombre n'est pas lisible.",
        "The number cannot be read.",
        "Écrivez-le en chiffres, avec un point ou une virgule décimale.",
        "Write it in digits, with a decimal point or comma.",
    ),
    "bad_address": Reason(
        "L'adresse web n'est pas valable.",
        "The web address is not valid.",
        "Écrivez une adresse qui commence par https:// ou http://.",
        "Write an address that begins with https:// or http://.",
    ),
    "unknown_value": Reason(
        "La valeur n'est pas dans la liste des valeurs connues.",
        "The value is not in the list of known values.",
        "Choisissez une valeur de la liste (voir la page de l'ontologie).",
        "Choose a value of the list (see the ontology page).",
    ),
    "unknown_territory": Reason(
        "Le code de territoire est inconnu du référentiel : la cellule n'est pas chargée.",
        "The territory code is not in the reference: the cell is not loaded.",
        "Vérifiez le code INSEE ou SIREN et son niveau.",
        "Check the INSEE or SIREN code and its level.",
    ),
    "unknown_target": Reason(
        "La cible ODD n'existe pas : la cellule n'est pas chargée.",
        "There is no such SDG target: it is not loaded.",
        "Écrivez un objectif (17) ou une cible (17.17) qui existe.",
        "Write a goal (17) or a target (17.17) that exists.",
    ),
    "bad_identifier": Reason(
        "L'identifiant (SIREN, SIRET, RNA) est abîmé : il n'est pas chargé.",
        "The identifier (SIREN, SIRET, RNA) is damaged: it is not loaded.",
        "Recopiez-le en entier depuis le registre, dans une cellule de type texte.",
        "Copy it whole from the register, into a cell of type text.",
    ),
    "invalid_record": Reason(
        "La ligne ne respecte pas le modèle.",
        "The row does not fit the model.",
        "Lisez le détail et corrigez la valeur.",
        "Read the detail and correct the value.",
    ),
    "pair_without_relation": Reason(
        "Ce lien n'est dans aucune ligne de relations.csv : il n'est pas chargé.",
        "This tie is in no row of relations.csv: it is not loaded.",
        "Ajoutez la relation à relations.csv, ou retirez l'identifiant de la cellule.",
        "Add the relation to relations.csv, or remove the id from the cell.",
    ),
    "suspicious_text": Reason(
        "Le texte semble abîmé ou trompeur (encodage, caractères invisibles ou étrangers) ; il est chargé tel quel.",
        "The text looks damaged or misleading (double encoding, invisible or foreign letters); it is loaded as it is.",
        "Comparez-le à l'original.",
        "Compare it with the original.",
    ),
    "too_few_rows": Reason(
        "Le fichier a moins de lignes qu'attendu.",
        "The file has fewer rows than expected.",
        "Vérifiez que le fichier est complet.",
        "Check that the file is complete.",
    ),
    "too_few_resolved": Reason(
        "Une colonne a plus de codes inconnus qu'attendu.",
        "A column has more unknown codes than expected.",
        "Vérifiez que la colonne est la bonne et que ses codes sont entiers.",
        "Check that it is the right column and that its codes are whole.",
    ),
    "guessed_encoding": Reason(
        "Le fichier n'est pas en UTF-8 : son encodage a été deviné.",
        "The file is not in UTF-8: its encoding was guessed.",
        "Vérifiez les lettres accentuées, ou enregistrez-le en « CSV UTF-8 ».",
        "Check the accented letters, or save it as “CSV UTF-8”.",
    ),
    "too_many_rows": Reason(
        "La feuille a trop de lignes.",
        "The sheet has too many rows.",
        "Enregistrez-la en CSV : un CSV peut être aussi long qu'il faut.",
        "Save it as CSV: a CSV may be as long as it needs to be.",
    ),
    "bad_json": Reason(
        "Le JSON n'est pas valable.",
        "The JSON is not valid.",
        "Corrigez-le à l'endroit indiqué ; il faut une liste d'objets.",
        "Correct it at the place named; a list of objects is needed.",
    ),
    "bad_rdf": Reason(
        "Le RDF n'est pas valable.",
        "The RDF is not valid.",
        "Corrigez-le à l'endroit indiqué ; en JSON-LD, le contexte doit être dans le fichier.",
        "Correct it at the place named; in JSON-LD, the context must be in the file.",
    ),
    "unknown_term": Reason(
        "La classe ou la propriété n'est pas connue : ce qu'elle dit n'est pas chargé.",
        "The class or property is not known: what it says is not loaded.",
        "Dites-le avec l'ontologie Alliances (docs/ontology.md) ou avec ORG, si cela doit être chargé.",
        "Say it with the Alliances ontology (docs/ontology.md) or with ORG, if it is to be loaded.",
    ),
    "reader_stopped": Reason(
        "La lecture a été arrêtée : le fichier demande trop de mémoire ou de temps, ou il est abîmé.",
        "Reading was stopped: the file asks for too much memory or time, or it is damaged.",
        "Enregistrez-le en CSV UTF-8, ou découpez-le.",
        "Save it as CSV in UTF-8, or split it.",
    ),
    "bad_mapping": Reason(
        "La correspondance de colonnes n'est pas utilisable.",
        "The mapping of columns cannot be used.",
        'Écrivez une ligne par colonne : colonne de la source: colonne du fichier, ou "= constante".',
        'Write one line a column: column of the source: column of the file, or "= constant".',
    ),
    "sheet_not_read": Reason(
        "D'autres feuilles du classeur n'ont pas été lues.",
        "Other sheets of the workbook were not read.",
        "Enregistrez chaque feuille à charger dans un fichier.",
        "Save each sheet that is to be loaded as a file of its own.",
    ),
    "unlikely_date": Reason(
        "La date est peu vraisemblable ; elle est chargée telle quelle.",
        "The date is not likely; it is loaded as it is.",
        "Vérifiez l'année.",
        "Check the year.",
    ),
    "open_end": Reason(
        "La date 9999 veut dire « sans fin » : elle n'est pas chargée.",
        "The date 9999 means “open”: it is not loaded.",
        "Laissez la cellule vide.",
        "Leave the cell empty.",
    ),
    "ambiguous_territory": Reason(
        "Le code peut désigner plusieurs territoires : la cellule n'est pas chargée.",
        "The code may mean several territories: the cell is not loaded.",
        "Écrivez le code avec son niveau, comme DEP-28 ou REG-28.",
        "Write the code with its level, as in DEP-28 or REG-28.",
    ),
    "matched_by_name": Reason(
        "Le territoire a été reconnu à son nom, faute de code.",
        "The territory was recognised by its name, for want of a code.",
        "Écrivez son code, comme COM-14118.",
        "Write its code, as in COM-14118.",
    ),
    "differs": Reason(
        "La cellule ne dit pas la même chose qu'une ligne précédente sur le même objet : elle n'est pas chargée.",
        "The cell does not say what an earlier row says of the same thing: it is not loaded.",
        "Écrivez la même valeur dans toutes les lignes, ou donnez deux identifiants.",
        "Write the same value in all of the rows, or give two ids.",
    ),
    "nothing_needed": Reason(
        "Aucune ligne n'est chargée : ni un acteur du graphe ni une liste ne demande une de ces organisations.",
        "No row is loaded: neither an actor of the graph nor a list asks for one of these organisations.",
        "Chargez d'abord des sources dont les acteurs ont un SIREN ou un numéro RNA, ou joignez une liste « wanted ».",
        "Load sources first whose actors have a SIREN or an RNA number, or add a list “wanted” beside the file.",
    ),
    "natural_person": Reason(
        "La ligne nomme une personne physique : elle n'est ni chargée ni recopiée.",
        "The row names a natural person: it is neither loaded nor copied.",
        "Rien à faire. Si c'est une organisation, donnez son nom sans civilité.",
        "Nothing to do. If it is an organisation, give its name without Mr, Mrs …",
    ),
}
"""One entry a code."""
