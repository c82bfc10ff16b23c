# The service in a container. It builds the data set at its first start, into the volume /data.
FROM python:3.11-slim

WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY ontology ontology
COPY loaders loaders
COPY graph graph
COPY visualisations visualisations
COPY api api
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --no-index --no-build-isolation .

RUN useradd --uid 10001 --no-create-home alliances && install --directory --owner alliances /data
USER alliances
ENV ALLIANCES_HOME=/data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["alliances", "up", "--host", "0.0.0.0"]
