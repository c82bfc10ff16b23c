"""`/docs`: the routes as a page, from the OpenAPI description; no script, nothing from elsewhere."""

from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI, Response

CSP = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def docs_router(app: FastAPI) -> APIRouter:
    """The page that lists what `app` answers."""
    router = APIRouter()

    @router.get("/docs", include_in_schema=False)
    def docs() -> Response:
        return Response(docs_page(app.openapi()), headers={"content-security-policy": CSP}, media_type="text/html")

    return router


def docs_page(openapi: dict[str, Any]) -> str:
    """The page of an OpenAPI description. `Any`: it is JSON of any shape."""
    routes = "\n".join(
        section for path, operations in openapi["paths"].items() for section in _sections(path, operations)
    )
    title = escape(openapi["info"]["title"])
    return _PAGE.format(title=title, description=escape(openapi["info"]["description"]), routes=routes)


def _sections(path: str, operations: dict[str, Any]) -> Iterator[str]:
    for method, operation in operations.items():
        address = f"<code>{method.upper()} {escape(path)}</code>"
        summary = escape(operation.get("summary", ""))
        yield f"<section><h2>{address}</h2><p>{summary}</p>{_parameters(operation.get('parameters', []))}</section>"


def _parameters(parameters: list[dict[str, Any]]) -> str:
    if not parameters:
        return ""
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code><td>{escape(_type(one['schema']))}"
        f"<td>{escape(one.get('description') or one['schema'].get('description', ''))}"
        for one in parameters
    )
    return f"<table>{rows}</table>"


def _type(schema: dict[str, Any]) -> str:
    """What may be written: the values there are, or the type with its bounds."""
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"{_type(schema['items'])}, repeated"
    bounds = [f"{sign} {schema[name]}" for name, sign in (("minimum", "≥"), ("maximum", "≤")) if name in schema]
    return " ".join([schema.get("format") or schema.get("type", ""), *bounds])


_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }}
h2 {{ font-size: 1rem; margin: 2rem 0 0 }} p {{ margin: 0 }} td {{ padding-right: 1rem; vertical-align: top }}
</style>
<h1>{title}</h1>
<p>{description}</p>
<p>For programs: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1). Queries: <a href="/sparql">/sparql</a>.</p>
{routes}
</html>
"""
