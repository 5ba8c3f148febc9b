"""Generated requests against the OpenAPI: nothing is answered that is not described, and nothing breaks."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from api.parts import StreamTimes
from domain.permissions import Role
from tests.integration.organisation import Organisation

from .conftest import Book, Site

LONGEST_SECONDS = 150
EXAMPLES = 8
LEFT_OUT = ("delete_cim", "sign_out", "change_deal", "set_project_member", "remove_project_member", "remove_member")
"""After these the rest would be asked by somebody who may nothing, or of nothing."""

CONFIG = (
    """
continue-on-failure = true

[[operations]]
include-name = "POST /cims/{cim_id}/sources"
checks.positive_data_acceptance.expected-statuses = ["2xx", 413, 415, 422]

[[operations]]
include-name = "POST /cims/{cim_id}/images"
checks.positive_data_acceptance.expected-statuses = ["2xx", 413, 415, 422]

[[operations]]
include-name = "POST /cims/{cim_id}/runs"
checks.positive_data_acceptance.expected-statuses = ["2xx", 403, 404, 409, 413, 422, 429]

[[operations]]
include-name = "POST /orgs/{org_id}/invitations"
checks.positive_data_acceptance.expected-statuses = ["2xx", 403, 404, 422]

[[operations]]
include-name = "POST /orgs/{org_id}/applications"
checks.positive_data_acceptance.expected-statuses = ["2xx", 403, 404, 409, 422]

[[operations]]
include-name = "PUT /orgs/{org_id}/ending"
checks.positive_data_acceptance.expected-statuses = ["2xx", 403, 404, 409, 422]

[[operations]]
include-name = "PATCH /applications/{application_id}"
checks.positive_data_acceptance.expected-statuses = ["2xx", 403, 404, 409, 422]

"""
    + "".join(
        f"""
[[operations]]
include-name = "{name}"
checks.positive_data_acceptance.expected-statuses = ["2xx", 404, 422]
"""
        for name in (
            "GET /cims",
            "GET /runs",
            "GET /cims/{cim_id}/runs",
            "GET /cims/{cim_id}/agents",
            "GET /runs/{run_id}/agents",
            "GET /usage",
            "GET /budgets",
            "GET /books",
            "POST /orgs/{org_id}/keys",
        )
    )
    + "".join(
        f"""
[[operations]]
include-name = "{name}"
checks.ignored_auth.enabled = false
checks.missing_required_header.enabled = false
"""
        for name in (
            "GET /health",
            "GET /ready",
            "GET /web-config",
            "POST /auth/trial",
            "POST /auth/sign-up",
            "POST /auth/password-reset",
        )
    )
)


def with_known_ids(schema: dict[str, Any], ids: dict[str, str], deal_id: str) -> dict[str, Any]:
    """The same description, where the only good ids are those of things that exist."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path" and parameter["name"] in ids:
                    parameter["schema"] = {"type": "string", "enum": [ids[parameter["name"]]]}
    schema["components"]["schemas"]["NewCIM"]["properties"]["deal_id"] = {"type": "string", "enum": [deal_id]}
    return schema


async def test_the_api_does_what_its_description_says(site: Site, tmp_path: Path) -> None:
    """Over real HTTP by the lead of an organisation of its own; the streams are short so that they end."""
    own = await asyncio.to_thread(Organisation, site.addresses)
    token = own.people[Role.LEAD].token
    async with site.running_api(StreamTimes(lifetime=0.1)) as api, api.client(token) as client:
        made = await client.post("/cims", json={"deal_id": own.deal_id, "title": "Bluecan"})
        book = Book(client, made.json())
        source = await client.post(f"{book.url}/sources", files={"file": ("a.csv", b"a,b\n1,2\n")})
        run = await client.post(f"{book.url}/runs", json={"kind": "draft_outline"})
        export = await client.post(f"{book.url}/exports", json={"format": "md"})
        ids = {
            "cim_id": book.id,
            "source_id": source.json()["id"],
            "run_id": run.json()["run_id"],
            "export_id": export.json()["export_id"],
        }
        described = (await client.get("/openapi.json")).json()
        schema = tmp_path / "openapi.json"
        schema.write_text(json.dumps(with_known_ids(described, ids, own.deal_id)))
        config = tmp_path / "schemathesis.toml"
        config.write_text(CONFIG)
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).parent / "st"),
            "--config-file",
            str(config),
            "run",
            str(schema),
            *(part for left_out in LEFT_OUT for part in ("--exclude-operation-id", left_out)),
            "--url",
            api.url,
            "--header",
            f"Authorization: Bearer {token}",
            "--phases",
            "examples,coverage,fuzzing",
            "--max-examples",
            str(EXAMPLES),
            "--generation-database",
            "none",
            "--seed",
            "1",
            "--max-time",
            "40",
            "--request-timeout",
            "20",
            "--no-color",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=tmp_path,
        )
        async with asyncio.timeout(LONGEST_SECONDS):
            output, _ = await process.communicate()
        told = output.decode().replace(token, "…")
        assert process.returncode == 0, told
        assert (await client.get("/ready")).status_code == 200
