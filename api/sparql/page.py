"""The page for writing queries by hand: one self-contained document, in French and English."""

from html import escape

_EXAMPLES = (
    (
        "Qui s’allie avec qui ? – Who is allied with whom?",
        """PREFIX org: <http://www.w3.org/ns/org#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?alliance ?actor ?role {
  ?a a org:OrganizationalCollaboration ; rdfs:label ?alliance .
  ?m org:organization ?a ; org:member/rdfs:label ?actor .
  OPTIONAL { ?m org:role ?role }
  FILTER(LANG(?alliance) = "fr" && LANG(?actor) = "fr")
} ORDER BY ?alliance LIMIT 100""",
    ),
    (
        "Combien de choses de chaque sorte ? – How many things of each kind?",
        "SELECT ?class (COUNT(?thing) AS ?count) { ?thing a ?class } GROUP BY ?class ORDER BY DESC(?count)",
    ),
    (
        "Quelles sources ? – Which sources?",
        "SELECT ?source (COUNT(*) AS ?statements) { GRAPH ?source { ?s ?p ?o } } GROUP BY ?source",
    ),
)
_SCRIPT = """
const box = document.querySelector("textarea"), out = document.querySelector("output");
for (const button of document.querySelectorAll("button[value]"))
  button.addEventListener("click", () => { box.value = button.value; });
function row(table, kind, cells) {
  const line = table.insertRow();
  for (const text of cells) {
    const cell = line.appendChild(document.createElement(kind));
    cell.textContent = text;
  }
}
function show(answer, cut) {
  if ("boolean" in answer) { out.textContent = answer.boolean; return; }
  const names = answer.head.vars, rows = answer.results.bindings, table = document.createElement("table");
  row(table, "th", names);
  for (const one of rows) row(table, "td", names.map(name => one[name] ? one[name].value : ""));
  out.textContent = rows.length + " résultats – results" + (cut ? " (coupé – cut)" : "");
  out.append(table);
}
document.querySelector("form").addEventListener("submit", async event => {
  event.preventDefault();
  out.textContent = "…";
  const answer = await fetch("", {method: "POST", body: box.value, headers: {
    "Content-Type": "application/sparql-query",
    "Accept": "application/sparql-results+json, text/turtle;q=0.9"}});
  const type = answer.headers.get("Content-Type") || "";
  if (answer.ok && type.includes("sparql-results")) show(await answer.json(), answer.headers.has("X-Result-Truncated"));
  else if (answer.ok) out.textContent = await answer.text();
  else out.textContent = (await answer.json()).detail;
});
"""
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b }
textarea { width: 100%; height: 16rem; font: 14px/1.4 monospace; box-sizing: border-box }
button { margin: .25rem .5rem .25rem 0; font: inherit } output { display: block; white-space: pre-wrap; overflow: auto }
table { border-collapse: collapse; white-space: normal } td, th { border: 1px solid #bbb; padding: .2rem .5rem }
"""


def render(nonce: str) -> str:
    """The page, whose script carries `nonce`; works without the script too, with the answer as a download."""
    examples = "".join(f'<button type="button" value="{escape(query)}">{name}</button>' for name, query in _EXAMPLES)
    return f"""<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>SPARQL – Alliances</title>
<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>
<h1>Interroger le graphe des alliances</h1>
<p>Écrivez une requête SPARQL 1.1, ou partez d’un exemple.
<span lang="en">Write a SPARQL 1.1 query, or start from an example.</span></p>
<p>{examples}</p>
<form method="post"><label for="query">Requête – <span lang="en">Query</span></label>
<textarea id="query" name="query" spellcheck="false">{escape(_EXAMPLES[0][1])}</textarea>
<button type="submit">Demander – Ask</button></form>
<output aria-live="polite"></output>
<script nonce="{nonce}">{_SCRIPT}</script></body></html>
"""
