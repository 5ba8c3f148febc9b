"""A server that speaks MongoDB's protocol: mongod from PATH as a one-node replica set, else FerretDB."""

from __future__ import annotations

from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.embedded import tools
from deploy.embedded.services import HOST, Port, Service
from deploy.embedded.steps import Report

NOT_YET_INITIALIZED = 94


def service(data: Path, port: int, report: Report) -> tuple[Service, str]:
    """The server on `port`, and the URL for its clients."""
    mongod = tools.mongod()
    folder = data / ("mongod" if mongod else "ferretdb")
    folder.mkdir(parents=True, exist_ok=True)
    ports = [Port(port, "BOOKRUNNER_MONGODB_PORT")]
    if mongod:
        argv = [str(mongod), "--bind_ip", HOST, "--port", str(port), "--dbpath", str(folder), "--replSet", "bookrunner"]
        url = f"mongodb://{HOST}:{port}/?replicaSet=bookrunner"
        return Service("mongodb", argv, lambda: _replica_set_ready(port), ports=ports), url
    argv = [str(tools.ferretdb(report)), "-listen", f"{HOST}:{port}", "-data", str(folder)]
    # More than two connections only make FerretDB's SQLite slower.
    url = f"mongodb://{HOST}:{port}/?maxPoolSize=2"
    return Service("mongodb", argv, lambda: _answers(port), ports=ports), url


def _answers(port: int) -> bool:
    with MongoClient[dict[str, object]](HOST, port, serverSelectionTimeoutMS=500, directConnection=True) as client:
        try:
            client.admin.command("ping")
        except PyMongoError:
            return False
        return True


def _replica_set_ready(port: int) -> bool:
    with MongoClient[dict[str, object]](HOST, port, serverSelectionTimeoutMS=500, directConnection=True) as client:
        try:
            client.admin.command("replSetGetStatus")
        except OperationFailure as problem:
            if problem.code == NOT_YET_INITIALIZED:
                member = {"_id": 0, "host": f"{HOST}:{port}"}
                client.admin.command("replSetInitiate", {"_id": "bookrunner", "members": [member]})
            return False
        except PyMongoError:
            return False
        return bool(client.admin.command("hello").get("isWritablePrimary"))
