"""The site that people open: `/`, `/fr/…`, `/en/…` and its static files."""

from api.site.router import site_router

__all__ = ["site_router"]
