"""The workspace as files: the page at its addresses, assets kept for good, compressed where the browser takes it."""

from __future__ import annotations

import gzip
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api import errors, web
from api.security import SecurityHeaders

PAGE = "<!doctype html><title>Bookrunner</title>"
SCRIPT = "console.log(1);" * 100


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "assets" / "index-1.js").write_text(SCRIPT)
    (tmp_path / "assets" / "index-1.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    return tmp_path


def client(folder: Path) -> httpx.AsyncClient:
    app = FastAPI(redirect_slashes=False)
    errors.install(app)
    web.install(app, folder)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api")


@pytest.mark.parametrize("path", ["/", "/app", "/app/", "/app/books", "/app/books/abc/slides/s-1"])
async def test_the_page_is_at_every_address_of_the_workspace_and_never_old(dist: Path, path: str) -> None:
    async with client(dist) as http:
        answer = await http.get(path)
        assert answer.text == PAGE
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["cache-control"] == "no-cache"
        again = await http.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


async def test_a_page_that_was_kept_keeps_its_policy(dist: Path) -> None:
    """The headers of a 304 replace those that the browser has kept with the page."""
    app = FastAPI(redirect_slashes=False)
    app.add_middleware(SecurityHeaders, page="script-src 'self'")
    web.install(app, dist)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as http:
        page = await http.get("/app/books")
        assert page.headers["content-security-policy"] == "script-src 'self'"
        again = await http.get("/app/books", headers={"If-None-Match": page.headers["etag"]})
    assert again.status_code == 304
    assert again.headers.get("content-security-policy", page.headers["content-security-policy"]) == "script-src 'self'"
    assert again.headers.get("cache-control") == page.headers["cache-control"]


async def test_what_lets_the_page_open_without_a_network_is_beside_it(dist: Path) -> None:
    (dist / "sw.js").write_text(SCRIPT)
    async with client(dist) as http:
        answer = await http.get("/app/sw.js")
        assert answer.text == SCRIPT
        assert "javascript" in answer.headers["content-type"]
        assert answer.headers["cache-control"] == "no-cache"
        assert "connect-src 'self'" in answer.headers["content-security-policy"]


async def test_other_addresses_stay_the_apis(dist: Path) -> None:
    async with client(dist) as http:
        answer = await http.get("/application")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


async def test_assets_are_kept_for_good_and_sent_compressed(dist: Path) -> None:
    async with client(dist) as http:
        plain = await http.get("/assets/index-1.js", headers={"Accept-Encoding": "identity"})
        packed = await http.get("/assets/index-1.js", headers={"Accept-Encoding": "gzip"})
        assert plain.text == packed.text == SCRIPT
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "gzip"
        assert int(packed.headers["content-length"]) < len(SCRIPT) / 5
        for answer in (plain, packed):
            assert answer.headers["cache-control"].endswith("immutable")
            assert answer.headers["vary"] == "Accept-Encoding"
            assert "javascript" in answer.headers["content-type"]


async def test_nothing_outside_of_the_folder_is_given_away(dist: Path) -> None:
    (dist.parent / "secret.txt").write_text("secret")
    async with client(dist) as http:
        for path in ("/assets/../../secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "/assets/nothing.js"):
            answer = await http.get(path)
            assert "secret" not in answer.text


async def test_a_workspace_that_is_not_built_says_so(tmp_path: Path) -> None:
    async with client(tmp_path / "nowhere") as http:
        answer = await http.get("/")
        assert answer.status_code == 404
        assert "make run" in answer.json()["next_step"]
