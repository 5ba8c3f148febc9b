"""The files of the containers: valid by their schemas, and of one mind with settings, sources and secrets."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sysconfig
import tomllib
from pathlib import Path
from typing import Any

import jwt
import pytest
import yaml
from pydantic import TypeAdapter

from cli.installing import made_secrets
from deploy.embedded.places import CHECKOUT, MIGRATIONS
from settings import Settings

CONTAINERS = CHECKOUT / "deploy" / "containers"
DOCKERFILE = CONTAINERS / "Dockerfile"
DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
OURS = ("api", "worker", "settled", "migrated")
OF_OTHERS = {
    "FORWARDED_ALLOW_IPS": "uvicorn",
    "ANTHROPIC_API_KEY": "the client of Anthropic",
    "OPENAI_API_KEY": "the client of OpenAI",
}
"""Variables of our containers that settings.py does not know, and who reads them."""
Tree = TypeAdapter(dict[str, Any])


def of_scripts(name: str) -> Path:
    return Path(sysconfig.get_path("scripts")) / name


def compose() -> dict[str, Any]:
    return Tree.validate_python(yaml.safe_load((CONTAINERS / "compose.yaml").read_text()))


def services() -> dict[str, Any]:
    return compose()["services"]


def instructions() -> list[tuple[str, str]]:
    joined = DOCKERFILE.read_text().replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in lines]


def known_variables() -> set[str]:
    return {Settings.variable_of(name) for name in Settings.model_fields}


def interpolated(value: str, given: dict[str, str]) -> str:
    def one(found: re.Match[str]) -> str:
        name, rest = found[1], found[2]
        if rest.startswith(":?"):
            return given[name]
        return given.get(name) or rest.removeprefix(":-")

    return re.sub(r"\$\{(\w+)([^}]*)\}", one, value)


def test_the_dockerfile_passes_its_linter() -> None:
    done = subprocess.run([of_scripts("hadolint"), DOCKERFILE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_compose_file_is_valid_by_the_schema_of_its_specification() -> None:
    command = [of_scripts("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", CONTAINERS / "compose.yaml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_image_is_pinned_by_its_digest() -> None:
    bases = [image.split(" ")[0] for name, image in instructions() if name == "FROM" and "sha256" in image]
    stages = {image.split(" AS ")[1] for name, image in instructions() if name == "FROM"}
    for name, image in instructions():
        if name == "FROM":
            assert DIGEST.search(image.split(" ")[0]) or image.split(" ")[0] in stages, image
    assert len(bases) == 4
    for name, service in services().items():
        if name not in OURS:
            assert DIGEST.search(service["image"]), name


def test_both_images_end_as_a_numbered_person_with_a_check_and_a_command_without_a_shell() -> None:
    product = instructions()[[image for _, image in instructions()].index(last_base()) :]
    assert ("USER", "10001:10001") in product
    assert ("STOPSIGNAL", "SIGTERM") in product
    for target in ("worker", "api"):
        begins = [image for _, image in product].index(f"product AS {target}")
        stage = product[begins + 1 :]
        ends = next((number for number, (name, _) in enumerate(stage) if name == "FROM"), len(stage))
        said = dict(stage[:ends])
        assert "USER" not in said
        assert re.search(r'CMD \["', said["HEALTHCHECK"])
        assert json.loads(said["CMD"])[0] == "python"
    for name, text in instructions():
        if name in ("RUN", "CMD", "ENTRYPOINT"):
            assert text.startswith("["), f"{name} {text} starts a shell"


def copied_sources() -> list[str]:
    """What the Dockerfile takes from the checkout."""
    return [
        source
        for name, text in instructions()
        if name == "COPY" and not text.startswith("--from")
        for source in text.split(" ")[:-1]
    ]


def last_base() -> str:
    return next(image for name, image in instructions() if name == "FROM" and image.endswith(" AS product"))


def test_the_image_has_every_room_and_nothing_else() -> None:
    rooms = {name for name in tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["pyright"]["include"]}
    copied = set(copied_sources())
    assert rooms - copied == {"bench", "tests"}
    for source in copied:
        assert (CHECKOUT / source).exists(), source
    let_in = {line[1:] for line in (CONTAINERS / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"}
    assert copied == let_in


@pytest.mark.parametrize("name", OURS)
def test_our_containers_are_locked_up(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in service
    assert "ports" not in service


def test_every_container_is_bounded_looked_after_and_waited_for() -> None:
    for name, service in services().items():
        assert service["logging"]["options"]["max-size"], name
        if service["restart"] == "no":
            continue
        assert service["deploy"]["resources"]["limits"]["memory"], name
        assert "healthcheck" in service or name in ("api", "worker", "temporal-ui"), name
    waited = {
        (name, other, how["condition"])
        for name, service in services().items()
        for other, how in service.get("depends_on", {}).items()
    }
    for _, other, condition in waited:
        ends = services()[other]["restart"] == "no"
        assert condition == ("service_completed_successfully" if ends else "service_healthy"), other


def test_only_this_host_reaches_it_and_only_by_two_doors() -> None:
    published = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert set(published) == {"front", "temporal-ui"}
    for ports in published.values():
        assert all(port.startswith("127.0.0.1:") for port in ports)
    assert compose()["networks"]["inside"] == {"internal": True}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_of_our_containers_means_something(name: str) -> None:
    unknown = set(services()[name]["environment"]) - known_variables() - set(OF_OTHERS)
    assert not unknown
    images = {part.split("=")[0] for kind, text in instructions() if kind == "ENV" for part in text.split(" ")}
    assert {part for part in images if part.startswith("BOOKRUNNER_")} <= known_variables()


@pytest.mark.parametrize("name", OURS)
def test_our_containers_start_with_the_secrets_that_are_made(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in known_variables() & set(os.environ):
        monkeypatch.delenv(variable)
    made = made_secrets()
    for variable, value in services()[name]["environment"].items():
        monkeypatch.setenv(variable, interpolated(value, made))
    settings = Settings()
    assert settings.supabase_service_role_key is not None
    assert settings.supabase_jwt_secret is not None
    assert settings.master_keys
    assert settings.assertion_keys
    signing = settings.supabase_jwt_secret.get_secret_value()
    token = settings.supabase_service_role_key.get_secret_value()
    assert jwt.decode(token, signing, algorithms=["HS256"])["role"] == "service_role"


def test_secrets_and_what_asks_for_them_fit_both_ways() -> None:
    text = (CONTAINERS / "compose.yaml").read_text()
    asked = {name for name, rest in re.findall(r"\$\{(\w+)([^}]*)\}", text) if rest == ":?"}
    optional = {name for name, rest in re.findall(r"\$\{(\w+)([^}]*)\}", text) if rest != ":?"}
    made = made_secrets()
    assert asked == set(made)
    lines = (CONTAINERS / "secrets.example.env").read_text().splitlines()
    shown = {line.split("=")[0] for line in lines if not line.startswith("#")}
    assert shown == asked | optional
    other = made_secrets()
    assert all(made[name] != other[name] for name in made)
    assert all("'" not in value and "\n" not in value for value in made.values())


def test_every_setting_is_told_to_people() -> None:
    pages = "".join(page.read_text() for page in (CHECKOUT / "docs").glob("*.md"))
    told = set(re.findall(r"\b[A-Z][A-Z0-9_]+\b", pages))
    told |= {f"BOOKRUNNER{name}" for name in re.findall(r"`(_[A-Z0-9_]+)`", pages)}
    assert known_variables() <= told


def test_what_is_mounted_is_there() -> None:
    volumes = set(compose()["volumes"])
    mounted: set[str] = set()
    for service in services().values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            if source.startswith("."):
                assert (CONTAINERS / source).exists(), source
            else:
                mounted.add(source)
    assert mounted == volumes
    assert (CONTAINERS / "../supabase/migrations").resolve() == MIGRATIONS


@pytest.mark.parametrize("script", ["supabase/migrate.sh", "mongodb/start.sh"])
def test_shell_scripts_can_be_read(script: str) -> None:
    done = subprocess.run(["bash", "-n", CONTAINERS / script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
