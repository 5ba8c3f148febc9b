"""Whether the API of this container is alive: exit code 0. It imports nothing of ours: it runs every few seconds."""

from __future__ import annotations

import http.client
import os
import sys

SECONDS = 2.0


def is_alive(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_alive(int(os.environ.get("BOOKRUNNER_API_PORT") or "8400")) else 1)
