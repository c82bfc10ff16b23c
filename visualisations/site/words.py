"""All texts of the site, French and English side by side, so that none can be missing in one of them."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ontology.schemes import Language

_BOTH: Final[dict[str, tuple[str, str]]] = {
    # Frame
    "brand": ("Alliances", "Alliances"),
    "tagline": (
        "Le graphe ouvert des alliances d’intérêt général en France",
        "The open graph of alliances for the general interest in France",
    ),
    "skip": ("Aller au contenu", "Skip to content"),
    "main_nav": ("Navigation principale", "Main navigation"),
    "other_language": ("English", "Français"),
    "search": ("Chercher", "Search"),
    "search_label": (
        "Chercher un acteur, une alliance, un territoire…",
        "Search for an actor, an alliance, a territory…",
    ),
    "suggestions": ("Suggestions", "Suggestions"),
    "pinned": (
        "Vous lisez la génération {id}, telle qu’elle a été publiée.",
        "You are reading generation {id}, as it was published.",
    ),
    "to_current": ("Aller à la version actuelle", "Go to the current version"),
    "foot_data": (
        "Données : génération {id}, empreinte {hash}. État des connaissances au {day}.",
        "Data: generation {id}, hash {hash}. State of knowledge on {day}.",
    ),
    "foot_cite": ("Comment citer ces données", "How to cite these data"),
    "foot_open": (
        "Chaque information mène à sa source. Code et données ouverts.",
        "Every statement leads to its source. Open code and open data.",
    ),
    "for_programs": ("Pour les programmes", "For programs"),
    "explore": ("Explorer", "Explore"),
    "understand": ("Comprendre", "Understand"),
    "new_tab": ("site externe", "external site"),
    # Sections: what a list is called, what one of its things is called
    "actors": ("Acteurs", "Actors"),
    "alliances": ("Alliances", "Alliances"),
    "territories": ("Territoires", "Territories"),
    "measures": ("Mesures", "Measures"),
    "chantiers": ("Chantiers", "Lines of work"),
    "platforms": ("Plateformes", "Platforms"),
    "programmes": ("Programmes et publications", "Programmes and publications"),
    "studies": ("Études et leurs chiffres", "Studies and their figures"),
    "events": ("Événements", "Events"),
    "conditions": ("Conditions favorables", "Enabling conditions"),
    "targets": ("Cibles des ODD", "SDG targets"),
    "sources": ("Sources", "Sources"),
    "map": ("Carte", "Map"),
    "isolation": ("Isolement", "Isolation"),
    "whatif": ("Et si ?", "What if?"),
    "network": ("Réseau", "Network"),
    "questions": ("Questions", "Questions"),
    "about": ("À propos", "About"),
    "ontology": ("Ontologie", "Ontology"),
    "home": ("Accueil", "Home"),
    "one.actors": ("acteur", "actor"),
    "one.alliances": ("alliance", "alliance"),
    "one.territories": ("territoire", "territory"),
    "one.measures": ("mesure", "measure"),
    "one.chantiers": ("chantier", "line of work"),
    "one.platforms": ("plateforme", "platform"),
    "one.programmes": ("programme", "programme"),
    "one.studies": ("étude", "study"),
    "one.events": ("événement", "event"),
    "one.conditions": ("condition", "condition"),
    "one.targets": ("cible des ODD", "SDG target"),
    "one.sources": ("source", "source"),
    "one.figures": ("chiffre", "figure"),
    "about.actors": (
        "Les organisations qui font alliance, et les personnes dans leur fonction publique.",
        "The organisations that form alliances, and people in their public roles.",
    ),
    "about.alliances": (
        "Les collaborations d’organisations pour l’intérêt général : qui, depuis quand, où, pour quelles cibles.",
        "Collaborations of organisations for the general interest: who, since when, where, for which targets.",
    ),
    "about.territories": (
        "Communes, intercommunalités, départements et régions, avec ce que nous savons de leurs alliances.",
        "Communes, intermunicipalities, départements and régions, with what we know of their alliances.",
    ),
    "about.measures": (
        "Les mesures de la mission ministérielle de 2020 dont une source lisible parle.",
        "The measures of the 2020 ministerial mission that a readable source speaks of.",
    ),
    "about.chantiers": (
        "Les quatre lignes de travail de la feuille de route de 2020.",
        "The four lines of work of the 2020 roadmap.",
    ),
    "about.platforms": ("Les lieux, surtout en ligne, ouverts aux alliances.", "Places, mostly online, for alliances."),
    "about.programmes": (
        "Programmes, rapports, études, propositions de loi, conditions, défis et constats.",
        "Programmes, reports, studies, bills, conditions, challenges and findings.",
    ),
    "about.studies": (
        "Chaque chiffre avec sa population, sa date et sa source.",
        "Every figure with its population, date and source.",
    ),
    "about.events": (
        "Rencontres, comités, lancements, auditions : ce qui a eu lieu, et quand.",
        "Meetings, committees, launches, hearings: what took place, and when.",
    ),
    "about.conditions": (
        "Ce qui aide les alliances à naître : droit, ingénierie, prime.",
        "What helps alliances to be born: a right, engineering, a bonus.",
    ),
    "about.targets": (
        "Les 169 cibles des Objectifs de développement durable, et les alliances qui y contribuent.",
        "The 169 targets of the Sustainable Development Goals, and the alliances that contribute to them.",
    ),
    "about.sources": (
        "D’où viennent les données, sous quelle licence, et ce qu’elles couvrent.",
        "Where the data come from, under which licence, and what they cover.",
    ),
    # Home
    "home_title": (
        "Qui fait alliance avec qui, pour l’intérêt général ?",
        "Who allies with whom, for the general interest?",
    ),
    "home_lead": (
        (
            "Associations, entreprises, collectivités, fondations, chercheurs : ce site montre qui agit ensemble en "
            "France, autour de l’ODD 17, et d’où chaque information vient. Il dit aussi où l’on ne voit rien, sans "
            "confondre un territoire isolé et un territoire que personne n’a encore regardé."
        ),
        (
            "Charities, companies, local authorities, foundations, researchers: this site shows who acts together in "
            "France, around SDG 17, and where each statement comes from. It also says where nothing is seen, and never "
            "confuses an isolated territory with one that nobody has looked at yet."
        ),
    ),
    "try": ("Par exemple :", "For example:"),
    "call_title": ("2020 : un devoir, un besoin, une envie", "2020: a duty, a need, a desire"),
    "call_lead": (
        "Trois enquêtes à la sortie de la crise sanitaire, trois populations différentes, un même appel à s’allier.",
        "Three surveys at the end of the health crisis, three different populations, one call to form alliances.",
    ),
    "numbers_title": ("Ce que le graphe contient", "What the graph holds"),
    "count.alliances": ("alliances décrites", "alliances described"),
    "count.organisations": ("organisations", "organisations"),
    "count.memberships": ("participations", "memberships"),
    "count.places": ("communes avec un acteur ou une alliance", "communes with an actor or an alliance"),
    "count.measures": ("mesures documentées", "measures documented"),
    "of_n": ("sur {n}", "of {n}"),
    "source_is": ("Source :", "Source:"),
    "map_title": ("Où les alliances se voient", "Where alliances are seen"),
    "map_lead": (
        (
            "Plus un département est foncé, plus on y connaît d’alliances. Hachuré, on ne sait pas : les sources ne le "
            "couvrent qu’en partie, et non observé n’est pas isolé."
        ),
        (
            "The darker a département, the more alliances are known there. Hatched, we cannot tell: the sources cover "
            "it only in part, and unobserved is not isolated."
        ),
    ),
    "open_map": ("Ouvrir la carte", "Open the map"),
    "door.network": (
        "Dessin interactif de tous les acteurs et de toutes les alliances.",
        "An interactive drawing of all actors and all alliances.",
    ),
    "door.isolation": (
        "Quels territoires ont le moins de liens, pourquoi, et où il reste à chercher.",
        "Which territories have the fewest ties, why, and where one still has to look.",
    ),
    "door.questions": (
        "Des questions en langue courante, leur réponse, et la requête qui la donne.",
        "Questions in plain language, their answers, and the query that gives them.",
    ),
    "door.measures": (
        "La feuille de route de 2020 : chantiers, mesures, et ce qu’en disent les bilans.",
        "The 2020 roadmap: lines of work, measures, and what the reviews say of them.",
    ),
    # Lists
    "results.one": ("résultat", "result"),
    "results.many": ("résultats", "results"),
    "filters": ("Affiner", "Refine"),
    "apply": ("Appliquer", "Apply"),
    "reset": ("Tout effacer", "Clear all"),
    "f.q": ("Texte", "Text"),
    "f.kind": ("Nature", "Kind"),
    "f.territory": ("Territoire (nom ou code)", "Territory (name or code)"),
    "f.target": ("ODD ou cible", "SDG or target"),
    "f.as_of": ("À la date du", "As of"),
    "f.as_of_mode": ("Dates incomplètes", "Incomplete dates"),
    "f.possible": ("actif peut-être", "possibly active"),
    "f.certain": ("actif à coup sûr", "surely active"),
    "f.level": ("Niveau", "Level"),
    "f.status": ("Situation", "Status"),
    "any": ("Tous", "All"),
    "all_statuses": ("Toutes", "All"),
    "undated_note": (
        "{n} sans début connu : comptés comme possibles, jamais comme certains.",
        "{n} without a known start: counted as possible, never as certain.",
    ),
    "not_dated_note": ("Ces éléments n’ont pas de période : la date ne filtre rien ici.", "These have no period."),
    "territory_read_as": ("« {text} » lu comme {name}.", "“{text}” read as {name}."),
    "facet.kind": ("Par nature", "By kind"),
    "facet.region": ("Par région", "By région"),
    "facet.targets": ("Par cible", "By target"),
    "facet.chantier": ("Par chantier", "By line of work"),
    "facet.confidence": ("Par confiance", "By confidence"),
    "facet.goal": ("Par objectif", "By goal"),
    "facet.list": ("Par nature", "By kind"),
    "no_value": ("non renseigné", "not stated"),
    "more_values": ("{n} autres", "{n} more"),
    "nothing_found": (
        "Rien ne correspond dans ces données. Ce n’est pas la preuve que rien n’existe.",
        "Nothing matches in these data. That is no proof that nothing exists.",
    ),
    "previous": ("Précédents", "Previous"),
    "next": ("Suivants", "Next"),
    "range": ("{a} à {b} sur {n}", "{a} to {b} of {n}"),
    "pages": ("Pages de la liste", "Pages of the list"),
    "download": ("Télécharger", "Download"),
    "sort_by": ("trier", "sort"),
    "remove_filter": ("retirer ce filtre", "remove this filter"),
    "c.name": ("Nom", "Name"),
    "c.kind": ("Nature", "Kind"),
    "c.place": ("Lieu", "Place"),
    "c.period": ("Période", "Period"),
    "c.date": ("Date", "Date"),
    "c.members": ("Membres", "Members"),
    "c.targets": ("Cibles", "Targets"),
    "c.region": ("Région", "Région"),
    "c.population": ("Habitants", "Inhabitants"),
    "c.number": ("N°", "No."),
    "c.chantier": ("Chantier", "Line of work"),
    "c.status": ("Dernier bilan", "Latest review"),
    "c.confidence": ("Confiance", "Confidence"),
    "c.keyword": ("Mot-clé", "Keyword"),
    "c.theme": ("Thème", "Theme"),
    "c.figures": ("Chiffres", "Figures"),
    "c.code": ("Code", "Code"),
    "c.goal": ("Objectif", "Goal"),
    "c.alliances": ("Alliances", "Alliances"),
    "c.publisher": ("Éditeur", "Publisher"),
    "c.licence": ("Licence", "Licence"),
    "c.coverage": ("Couverture", "Coverage"),
    "c.level": ("Niveau", "Level"),
    # Search
    "search_title": ("Recherche", "Search"),
    "search_results": ("Résultats pour « {q} »", "Results for “{q}”"),
    "search_none": (
        "Aucun nom ne ressemble à « {q} ». Essayez un mot plus court, un sigle ou un code.",
        "No name looks like “{q}”. Try a shorter word, an acronym or a code.",
    ),
    "search_similar": (
        "Rien ne s’écrit exactement ainsi ; voici ce qui y ressemble.",
        "Nothing is written exactly so; here is what looks like it.",
    ),
    # Records
    "from_to": ("{a} – {b}", "{a} – {b}"),
    "since": ("depuis {a}", "since {a}"),
    "since_day": ("depuis le {a}", "since {a}"),
    "until": ("jusqu’à {a}", "until {a}"),
    "until_day": ("jusqu’au {a}", "until {a}"),
    "period_unknown": ("période inconnue", "period unknown"),
    "m.inferred": ("déduit", "inferred"),
    "m.mapped": ("notre correspondance", "our mapping"),
    "m.unknown": ("base inconnue", "basis unknown"),
    "m.alliance_period": ("période de l’alliance", "the alliance’s period"),
    "m.inferred.why": ("Déduit de ce que dit la source, pas écrit tel quel.", "Inferred from the source, not stated."),
    "m.mapped.why": (
        "Rattachement fait par ce projet, pas par la source.",
        "Mapped by this project, not by the source.",
    ),
    "m.unknown.why": ("La source ne dit pas sur quoi elle se fonde.", "The source does not say what it rests on."),
    "m.alliance_period.why": (
        "La participation n’est pas datée : c’est la période de l’alliance.",
        "The membership has no dates: this is the alliance’s period.",
    ),
    "facts": ("En bref", "In short"),
    "d.period": ("Période", "Period"),
    "d.date": ("Date", "Date"),
    "d.place": ("Lieu", "Place"),
    "d.seat": ("Siège", "Seat"),
    "d.seat_as_stated": ("Siège selon la source", "Seat as stated"),
    "d.website": ("Site web", "Website"),
    "d.amount_eur": ("Montant", "Amount"),
    "d.budget_eur": ("Budget annuel", "Yearly budget"),
    "d.public_role": ("Fonction", "Role"),
    "d.siren": ("SIREN", "SIREN"),
    "d.siret": ("SIRET", "SIRET"),
    "d.rna": ("RNA", "RNA"),
    "d.insee": ("Code INSEE", "INSEE code"),
    "d.code": ("Code", "Code"),
    "d.old_codes": ("Anciens codes", "Former codes"),
    "d.population": ("Population légale", "Legal population"),
    "d.scope": ("Échelle", "Scale"),
    "d.measure": ("Mesure", "Measure"),
    "d.targets": ("Cibles des ODD", "SDG targets"),
    "d.chantier": ("Chantier", "Line of work"),
    "d.number": ("Numéro", "Number"),
    "d.number_basis": ("Numérotation", "Numbering"),
    "d.leads": ("Pilotes", "Leads"),
    "d.involved": ("Parties prenantes", "Involved"),
    "d.theme": ("Thème", "Theme"),
    "d.topic": ("Sujet", "Topic"),
    "d.keyword": ("Mot-clé", "Keyword"),
    "d.status_text": ("Situation", "Status"),
    "d.confidence": ("Confiance", "Confidence"),
    "d.alt_names": ("Aussi appelé", "Also called"),
    "d.note": ("Note", "Note"),
    "d.goal": ("Objectif", "Goal"),
    "d.group": ("Volet", "Group"),
    "d.retrieved": ("Consulté le", "Read on"),
    "d.publisher": ("Éditeur", "Publisher"),
    "d.licence": ("Licence", "Licence"),
    "d.homepage": ("Page d’origine", "Homepage"),
    "d.attribution": ("Attribution", "Attribution"),
    "d.vintage": ("Millésime", "Vintage"),
    "d.coverage": ("Couverture", "Coverage"),
    "d.formats": ("Formats", "Formats"),
    "members": ("Membres", "Members"),
    "no_members": ("Aucun membre connu.", "No member known."),
    "memberships": ("Ses alliances", "Its alliances"),
    "no_memberships": (
        "Aucune alliance connue dans ces données, ce qui ne veut pas dire qu’il n’y en a pas.",
        "No alliance known in these data, which does not mean that there is none.",
    ),
    "person_note": (
        "Une personne a une fiche et des liens ; elle n’entre dans aucun réseau ni aucun calcul.",
        "A person has a record and ties; persons enter no network and no calculation.",
    ),
    "role": ("Rôle", "Role"),
    "allies": ("Ses alliés", "Its allies"),
    "allies_lead": (
        "Ceux qui partagent au moins une alliance avec {name}, et laquelle.",
        "Those who share at least one alliance with {name}, and which.",
    ),
    "show_all": ("Les {n} autres", "The {n} others"),
    "shared": ("En commun", "In common"),
    "relations": ("Ses liens", "Its ties"),
    "seen_on": ("vu le {a}", "seen on {a}"),
    "reviews": ("Ce qu’en disent les bilans", "What the reviews say"),
    "review": ("Bilan", "Review"),
    "said": ("Ce qui est dit", "What is said"),
    "nothing_said": ("rien de dit", "nothing said"),
    "its_measures": ("Ses mesures", "Its measures"),
    "figures": ("Ses chiffres", "Its figures"),
    "sample": ("échantillon de {n}", "sample of {n}"),
    "full_record": ("Fiche complète", "Full record"),
    "twin": ("La même chose, vue comme {kind}", "The same thing, seen as {kind}"),
    "twin_lead": (
        "Deux nœuds du graphe décrivent une seule réalité : ils sont réunis sur cette page.",
        "Two nodes of the graph describe one reality: they are shown together on this page.",
    ),
    "numbers": ("Sa place dans le réseau", "Its place in the network"),
    "numbers_scope": (
        (
            "Réseau de {actors} organisations et {alliances} alliances, toutes dates confondues. Le rang 1 est le plus "
            "élevé ; il dit la place dans ces données, pas l’importance de l’acteur."
        ),
        (
            "Network of {actors} organisations and {alliances} alliances, whatever the date. Rank 1 is the highest; it "
            "tells the place in these data, not how important it is."
        ),
    ),
    "exact_no": ("Valeurs estimées à partir de {n} nœuds.", "Values estimated from {n} nodes."),
    "rank": ("Rang", "Rank"),
    "rank_of": ("{rank} sur {n}", "{rank} of {n}"),
    "value": ("Valeur", "Value"),
    "metric": ("Mesure", "Metric"),
    "n.alliances": ("Alliances", "Alliances"),
    "n.members": ("Membres", "Members"),
    "n.degree": ("Centralité de degré", "Degree centrality"),
    "n.closeness": ("Proximité", "Closeness"),
    "n.harmonic": ("Proximité harmonique", "Harmonic closeness"),
    "n.betweenness": ("Intermédiarité", "Betweenness"),
    "n.pagerank": ("PageRank", "PageRank"),
    "n.core_number": ("Cœur (k)", "Core (k)"),
    "all_metrics": ("Toutes les mesures", "All metrics"),
    "ego": ("Voir son réseau", "See its network"),
    "territory_view": ("Voir le réseau d’ici", "See the network here"),
    "target_view": ("Voir le réseau de cette cible", "See the network of this target"),
    "cited": ("Pages citées", "Pages cited"),
    "origins": ("D’où vient cette information ?", "Where does this information come from?"),
    "origins_lead": (
        "Chaque champ, la cellule où il a été lu, et ce qui y était écrit.",
        "Each field, the cell it was read from, and what was written there.",
    ),
    "no_origins": ("Aucune cellule enregistrée.", "No cell on record."),
    "o.field": ("Champ", "Field"),
    "o.file": ("Fichier", "File"),
    "o.row": ("Ligne", "Row"),
    "o.column": ("Colonne", "Column"),
    "o.raw": ("Écrit tel quel", "As written"),
    "permalink": ("Lien permanent", "Permalink"),
    "permalink_why": (
        "Montre toujours cette version, tant que la génération {id} est conservée.",
        "Always shows this version, for as long as generation {id} is kept.",
    ),
    "data_of": ("Les données de cette fiche", "The data of this record"),
    "statements": ("Énoncés", "Statements"),
    "where": ("Situation géographique", "Where it lies"),
    "level.region.one": ("région", "région"),
    "level.region.many": ("régions", "régions"),
    "level.departement.one": ("département", "département"),
    "level.departement.many": ("départements", "départements"),
    "level.collectivite.one": ("collectivité d’outre-mer", "overseas collectivity"),
    "level.collectivite.many": ("collectivités d’outre-mer", "overseas collectivities"),
    "level.epci.one": ("intercommunalité", "intermunicipality"),
    "level.epci.many": ("intercommunalités", "intermunicipalities"),
    "level.ept.one": ("établissement public territorial", "EPT"),
    "level.ept.many": ("établissements publics territoriaux", "EPTs"),
    "level.commune.one": ("commune", "commune"),
    "level.commune.many": ("communes", "communes"),
    "d.contains": ("Contient", "Contains"),
    "isolation_of": ("Isolé ou pas ?", "Isolated or not?"),
    "score": ("Score d’isolement", "Isolation score"),
    "score_why": (
        "De 0 (le moins isolé) à 1 (le plus isolé) parmi les territoires classés de ce niveau, au {day}.",
        "From 0 (least isolated) to 1 (most isolated) among the ranked territories of this level, on {day}.",
    ),
    "status.connected": ("connecté", "connected"),
    "status.isolated": ("isolé", "isolated"),
    "status.unknown": ("on ne sait pas", "we cannot tell"),
    "status.not_covered": ("non couvert", "not covered"),
    "why.connected": (
        "Au moins une alliance y est située, ou compte un membre qui y a son siège.",
        "At least one alliance is located there, or has a member seated there.",
    ),
    "why.isolated": (
        "Le territoire a été couvert en entier et aucune alliance n’y a été trouvée.",
        "The territory was covered completely and no alliance was found.",
    ),
    "why.unknown": (
        "Aucune alliance connue, mais les sources ne le couvrent qu’en partie : non observé n’est pas isolé.",
        "No alliance known, but the sources cover it only in part: unobserved is not isolated.",
    ),
    "why.not_covered": (
        "Aucune source ne regarde ce territoire : on ne peut rien en dire.",
        "No source looks at this territory: nothing can be said of it.",
    ),
    "located": ("Alliances situées ici", "Alliances located here"),
    "through_members": ("Alliances dont un membre siège ici", "Alliances with a member seated here"),
    "seated": ("Acteurs qui ont leur siège ici", "Actors seated here"),
    "see_all": ("Voir les {n}", "See all {n}"),
    "none_here": ("Aucune dans ces données.", "None in these data."),
    "none_seated": ("Aucun dans ces données.", "None in these data."),
    "contributing": ("Alliances qui y contribuent", "Alliances that contribute to it"),
    "mapping_note": (
        "Le rattachement aux cibles est le nôtre, pas celui des sources.",
        "The mapping to targets is ours, not the sources’.",
    ),
    "files": ("Fichiers lus", "Files read"),
    "rows_read": ("Lignes lues", "Rows read"),
    "rows_loaded": ("chargées", "loaded"),
    "rows_quarantined": ("écartées", "set aside"),
    # Map
    "map_page_title": ("Les alliances par territoire", "Alliances by territory"),
    "map_page_lead": (
        "Une alliance compte là où elle est située et là où siège un de ses membres.",
        "An alliance counts where it is located and where one of its members is seated.",
    ),
    "hatched": (
        (
            "Hachuré : non observé n’est pas isolé. Les sources ne couvrent ce territoire qu’en partie ; une absence "
            "dans les données n’y prouve rien."
        ),
        (
            "Hatched: unobserved is not isolated. The sources cover this territory only in part; an absence from the "
            "data proves nothing there."
        ),
    ),
    "legend": ("Légende", "Legend"),
    "map_table": ("La carte en tableau", "The map as a table"),
    "map_hint": ("Un clic ouvre la fiche du territoire.", "A click opens the record of the territory."),
    "full_map": ("Carte seule, à garder", "The map alone, to keep"),
    "undrawn": ("Sans tracé, dans le tableau seulement :", "Without an outline, in the table only:"),
    "l.region": ("Régions", "Régions"),
    "l.departement": ("Départements", "Départements"),
    "l.epci": ("Intercommunalités", "Intermunicipalities"),
    "l.commune": ("Communes", "Communes"),
    # Isolation
    "isolation_title": ("Quels territoires sont isolés, et en est-on sûr ?", "Which territories are isolated, surely?"),
    "isolation_lead": (
        (
            "Le classement compare les territoires où au moins une alliance est connue, d’après ce que les sources "
            "en disent : il change avec elles. Un territoire sans alliance connue, là où l’on n’a regardé qu’en "
            "partie, n’a ni score ni rang : il est dans la liste de ceux où chercher."
        ),
        (
            "The ranking compares territories where at least one alliance is known, by what the sources say of them: "
            "it changes with them. A territory without a known alliance, where one has looked only in part, has "
            "neither score nor rank: it is in the list of those where to look."
        ),
    ),
    "ranking": ("Classement", "Ranking"),
    "worklist": ("Où chercher d’abord", "Where to look first"),
    "worklist_lead": (
        "Les territoires dont on ne sait rien, les plus peuplés d’abord.",
        "The territories of which nothing is known, the most populous first.",
    ),
    "per_10000": ("pour 10 000 hab.", "per 10,000 inh."),
    "explanation": ("Explication", "Explanation"),
    "why": ("Pourquoi ?", "Why?"),
    "paste": ("Texte prêt à coller", "Text ready to paste"),
    "paste_lead": (
        "Les explications de cette page, avec leur date et leur source.",
        "The explanations of this page, with their date and source.",
    ),
    "paste_head": (
        "{title}, état des connaissances au {day} (génération {id}).",
        "{title}, state of knowledge on {day} (generation {id}).",
    ),
    # What if
    "whatif_title": ("Quelle alliance nouvelle aiderait le plus ?", "Which new alliance would help most?"),
    "whatif_lead": (
        (
            "Pour un territoire, toutes les alliances nouvelles possibles, avec un autre territoire de même niveau ou "
            "avec un acteur d’ailleurs, de celle qui baisserait le plus son score d’isolement à celle qui le "
            "baisserait le moins. Le calcul est exact : tout le niveau est compté de nouveau, alliance comprise."
        ),
        (
            "For a territory, every possible new alliance, with another territory of the level or with an actor from "
            "elsewhere, from the one that would lower its isolation score most to the one that would lower it least. "
            "Exact: the whole level is counted anew, that alliance included."
        ),
    ),
    "whatif_code": ("Territoire (code)", "Territory (code)"),
    "whatif_tried": (
        "Les {shown} meilleures des {n} alliances possibles.",
        "The best {shown} of {n} possible alliances.",
    ),
    "whatif_link": ("Alliance avec", "Alliance with"),
    "whatif_gain": ("Gain", "Gain"),
    "whatif_score": ("Score ensuite", "Score then"),
    "whatif_changes": ("Ce qui change", "What changes"),
    "whatif_change": ("{name} : de {a} à {b}", "{name}: from {a} to {b}"),
    "whatif_door": ("Et si une alliance s’y nouait ?", "What if an alliance were made?"),
    # Network
    "network_title": ("Le réseau des alliances", "The network of alliances"),
    "network_lead": (
        (
            "{actors} organisations, {alliances} alliances, {edges} participations. Chaque trait relie une "
            "organisation à une alliance dont elle est membre ; les personnes n’y entrent pas."
        ),
        (
            "{actors} organisations, {alliances} alliances, {edges} memberships. Each line ties an organisation to an "
            "alliance that it is a member of; persons are not in it."
        ),
    ),
    "open_network": ("Ouvrir le réseau interactif", "Open the interactive network"),
    "network_hint": (
        "On y cherche un nom, on zoome, on lit les liens de chacun ; un tableau dit la même chose sans dessin.",
        "Search a name in it, zoom, read everyone’s ties; a table says the same without a drawing.",
    ),
    "preview_alt": (
        "Vue d’ensemble du réseau : un grand ensemble relié et des alliances à part.",
        "Overview of the network: one large connected part, and alliances apart.",
    ),
    "most_tied": ("Les organisations de plus d’alliances", "The organisations with the most alliances"),
    "most_between": ("Celles qui relient les autres", "Those that link the others"),
    "most_between_lead": (
        "Intermédiarité : la part des plus courts chemins du réseau qui passent par elles.",
        "Betweenness: the share of the network’s shortest paths that go through them.",
    ),
    "network_caution": (
        (
            "Ces données ont été choisies à la main dans des pages publiques, souvent celles d’un même acteur : qui "
            "est très visible ici l’est d’abord dans ces pages."
        ),
        (
            "These data were picked by hand from public pages, often those of one actor: who is very visible here is "
            "so in these pages first of all."
        ),
    ),
    # Questions
    "questions_title": ("Ce que l’on peut demander au graphe", "What one can ask the graph"),
    "questions_lead": (
        "Chaque question a sa réponse, la requête SPARQL qui la donne, et le moyen de la refaire soi-même.",
        "Every question has its answer, the SPARQL query that gives it, and the means to ask it oneself.",
    ),
    "query": ("La requête", "The query"),
    "run_query": ("Refaire dans /sparql", "Run it in /sparql"),
    "by_rest": ("Par l’interface HTTP", "Over HTTP"),
    "by_python": ("En Python", "In Python"),
    "by_cli": ("En ligne de commande", "On the command line"),
    "rows_more": ("{n} lignes de plus dans /sparql.", "{n} more rows in /sparql."),
    "no_rows": ("Aucune ligne.", "No rows."),
    "see_answer": ("Voir la réponse", "See the answer"),
    # About
    "about_title": ("À propos de ces données", "About these data"),
    "about_lead": (
        "Ce site lit une génération : un état des connaissances figé, refait à l’identique depuis les mêmes fichiers.",
        "This site reads one generation: a fixed state of knowledge, rebuilt bit for bit from the same files.",
    ),
    "limits": ("Ce qu’il faut savoir avant de conclure", "What to know before concluding"),
    "limit.coverage": (
        "Aucun territoire n’est couvert en entier : ce qui n’est pas ici existe peut-être sur le terrain.",
        "No territory is covered completely: what is not here may well exist on the ground.",
    ),
    "limit.covered": (
        "Des sources couvrent {n} territoires en entier ; ailleurs, ce qui n’est pas ici existe peut-être.",
        "Sources cover {n} territories completely; elsewhere, what is not here may well exist.",
    ),
    "limit.dates": (
        "Les participations sans dates prennent la période de leur alliance, et la fiche le dit.",
        "Memberships without dates take the period of their alliance, and the record says so.",
    ),
    "limit.sdg": (
        "Le rattachement aux cibles des ODD est notre correspondance, sauf mention contraire.",
        "The mapping to SDG targets is ours unless stated otherwise.",
    ),
    "limit.measures": (
        "{n} des {of} mesures de la mission sont documentées : les autres n’ont pas de source lisible.",
        "{n} of the mission’s {of} measures are documented: the others have no readable source.",
    ),
    "limit.persons": (
        "Les personnes n’apparaissent que dans leur fonction publique et n’entrent dans aucun calcul.",
        "Persons appear in their public role only and enter no calculation.",
    ),
    "run_card": ("Carte d’identité de la génération", "Run card of the generation"),
    "r.generation": ("Génération", "Generation"),
    "r.hash": ("Empreinte du graphe (SHA-256)", "Graph hash (SHA-256)"),
    "r.quads": ("Énoncés", "Statements"),
    "r.built": ("Construite le", "Built on"),
    "r.knowledge": ("État des connaissances au", "State of knowledge on"),
    "r.base": ("Espace de noms", "Namespace"),
    "r.seed": ("Graine aléatoire", "Random seed"),
    "r.versions": ("Versions", "Versions"),
    "programs_lead": (
        "Tout ce que montre ce site se lit aussi par programme.",
        "All that this site shows can be read by programs too.",
    ),
    "p.api": ("API HTTP documentée", "Documented HTTP API"),
    "p.openapi": ("Description OpenAPI", "OpenAPI description"),
    "p.sparql": ("Point d’accès SPARQL 1.1", "SPARQL 1.1 endpoint"),
    "p.ontology": ("L’ontologie : classes, propriétés, listes", "The ontology: classes, properties, lists"),
    # Ontology
    "ontology_title": ("Tout ce que le graphe peut dire", "All that the graph can say"),
    "ontology_lead": (
        (
            "Ses classes, ses propriétés et ses listes de valeurs. Ce qui commence par al: est propre au projet ; le "
            "reste vient de vocabulaires reconnus."
        ),
        (
            "Its classes, properties and lists of values. What begins with al: is the project’s own; the rest comes "
            "from established vocabularies."
        ),
    ),
    "classes": ("Classes", "Classes"),
    "properties": ("Propriétés", "Properties"),
    "schemes": ("Listes de valeurs", "Lists of values"),
    "read_backwards": ("dans l’autre sens : {label}", "the other way round: {label}"),
    # Errors
    "e.300": ("Plusieurs choses portent ce nom", "Several things have this name"),
    "e.300.do": ("Choisissez celle que vous cherchez :", "Choose the one you mean:"),
    "e.400": ("La demande ne peut pas être comprise ainsi", "The request cannot be understood as it is"),
    "e.400.do": ("Revenez en arrière ou enlevez un filtre.", "Go back, or take a filter away."),
    "e.404": ("Cette page n’existe pas", "This page does not exist"),
    "e.404.do": (
        "Elle n’est pas dans cette génération des données. Cherchez par le nom :",
        "It is not in this generation of the data. Search by name:",
    ),
    "e.410": ("Cette fiche a été supprimée", "This record was deleted"),
    "e.410.do": ("Elle ne reviendra pas à cette adresse.", "It will not come back to this address."),
    "e.503": ("Les données ne sont pas prêtes", "The data are not ready"),
    "e.503.do": ("Réessayez dans un instant.", "Try again in a moment."),
    "e.detail": ("Détail technique", "Technical detail"),
}


def _spaced(french: str) -> str:
    """The text with the spaces that must not break a line: before `: ; ? ! »`, after `«`."""
    return re.sub(" (?=[:;?!»])|(?<=«) ", "\u00a0", french)


TEXTS: Final[Mapping[Language, Mapping[str, str]]] = MappingProxyType(
    {
        "fr": MappingProxyType({key: _spaced(french) for key, (french, _) in _BOTH.items()}),
        "en": MappingProxyType({key: english for key, (_, english) in _BOTH.items()}),
    }
)


def text(key: str, lang: Language, **values: object) -> str:
    """One text with its values put in; raises `KeyError` where there is none, or a value is missing."""
    found = TEXTS[lang][key]
    return found.format(**values) if values else found
