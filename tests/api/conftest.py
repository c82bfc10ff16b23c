"""What only the tests of the HTTP interface share."""

from typing import Any

import pytest
from fastapi import FastAPI


@pytest.fixture(scope="session")
def openapi(app: FastAPI) -> dict[str, Any]:
    return app.openapi()
