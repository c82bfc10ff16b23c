"""Answers over HTTP: real requests to a real server on this machine, one after the other, on the current generation.

a record        p50 ≤ 5 ms; `/healthz`, which reads nothing, is what the way alone costs
a second start  from the command to the first answer: ≤ 3 s
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

ROUNDS = 400
PATHS = {
    "nothing": "/healthz",
    "record": "/api/v1/actors/le-rameau",
    "alliances of a région": "/api/v1/alliances?territory=REG-28&limit=50",
    "search": "/api/v1/search?q=rameau",
    "isolation": "/api/v1/isolation?level=departement",
    "page of a record": "/fr/acteurs/le-rameau",
    "SPARQL": "/sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%2010",
}


def main() -> None:
    began = time.perf_counter()
    with serving() as address:
        print(f"{'start':24} {time.perf_counter() - began:8.2f} s")
        time.sleep(5)  # what is made beside the first answers
        for name, path in PATHS.items():
            taken = sorted(milliseconds(address, path))
            tail = taken[int(len(taken) * 0.99)]
            print(f"{name:24} p50 {statistics.median(taken):7.2f} ms   p99 {tail:7.2f} ms")


@contextmanager
def serving() -> Iterator[str]:
    """The host and port of a server of its own."""
    command = [sys.executable, "-m", "api.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield urlsplit(line.split()[2]).netloc
        finally:
            process.terminate()


def milliseconds(address: str, path: str) -> Iterator[float]:
    """The time of each of many requests over one connection."""
    connection = HTTPConnection(address, timeout=30)
    for _ in range(ROUNDS):
        began = time.perf_counter()
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        assert response.status == 200, (path, response.status)
        yield (time.perf_counter() - began) * 1000
    connection.close()


if __name__ == "__main__":
    main()
