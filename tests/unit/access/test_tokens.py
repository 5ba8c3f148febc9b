"""Tokens: what is taken, what is refused and why."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from access import AccessUnavailable, PublicKeys, TokenRefused, TokenVerifier

SECRET = "a-secret-of-at-least-thirty-two-bytes!"
ADDRESS = "http://keys.invalid/jwks.json"
PERSON = str(uuid.uuid4())


def claims(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "sub": PERSON,
        "aud": "authenticated",
        "role": "authenticated",
        "exp": int(time.time()) + 3_600,
        "email": "tom@harbourfinch.example",
        "session_id": "s-1",
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


def signed(key: Any = SECRET, algorithm: str = "HS256", headers: dict[str, Any] | None = None, **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers=headers)


class KeyServer:
    """Answers with the keys it holds, counts, and can be down."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = []
        self.asked = 0
        self.down = False

    def answer(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.down:
            raise httpx.ConnectError("refused")
        return httpx.Response(200, json={"keys": self.keys})

    def add_ec(self, kid: str) -> ec.EllipticCurvePrivateKey:
        private = ec.generate_private_key(ec.SECP256R1())
        public = json.loads(ECAlgorithm.to_jwk(private.public_key()))
        self.keys.append({**public, "kid": kid, "alg": "ES256", "use": "sig"})
        return private


@pytest.fixture
def server() -> KeyServer:
    return KeyServer()


@pytest.fixture
async def public_keys(server: KeyServer) -> AsyncIterator[PublicKeys]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(server.answer)) as http:
        yield PublicKeys(ADDRESS, http)


async def reason(verifier: TokenVerifier, token: str | None) -> str:
    with pytest.raises(TokenRefused) as refused:
        await verifier.verify(token)
    assert not token or token not in str(refused.value)
    return refused.value.reason


async def test_a_good_token_tells_the_person() -> None:
    person = await TokenVerifier(SECRET).verify(signed())
    assert person.person_id == PERSON
    assert person.email == "tom@harbourfinch.example"
    assert person.session_id == "s-1"


BAD: dict[str, tuple[Callable[[], str | None], str]] = {
    "absent": (lambda: None, "missing"),
    "empty": (lambda: "", "missing"),
    "not a token": (lambda: "not.a.token", "malformed"),
    "null bytes": (lambda: "\x00\x00", "malformed"),
    "very long": (lambda: "a" * 10_000, "malformed"),
    "other secret": (lambda: signed("another-secret-of-thirty-two-bytes!!!!"), "signature"),
    "expired": (lambda: signed(exp=int(time.time()) - 60), "expired"),
    "without exp": (lambda: signed(exp=None), "expired"),
    "exp too far": (lambda: signed(exp=10**15), "subject"),
    "from the future": (lambda: signed(nbf=int(time.time()) + 600), "not_yet_valid"),
    "anonymous audience": (lambda: signed(aud="anon"), "audience"),
    "without audience": (lambda: signed(aud=None), "audience"),
    "without subject": (lambda: signed(sub=None), "subject"),
    "subject no uuid": (lambda: signed(sub="or 1=1"), "subject"),
    "other hash": (lambda: signed(SECRET * 2, "HS512"), "algorithm"),
}


@pytest.mark.parametrize("case", BAD)
async def test_a_bad_token_is_refused(case: str) -> None:
    make, expected = BAD[case]
    assert await reason(TokenVerifier(SECRET), make()) == expected


async def test_clocks_may_differ_by_seconds() -> None:
    person = await TokenVerifier(SECRET).verify(signed(exp=int(time.time()) - 3))
    assert person.person_id == PERSON


async def test_algorithm_none_is_refused() -> None:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    for name in ("none", "None", "NONE", ""):
        token = f"{part({'alg': name, 'typ': 'JWT'})}.{part(claims())}."
        assert await reason(TokenVerifier(SECRET), token) in ("algorithm", "malformed")


async def test_without_a_secret_nothing_signed_with_one_is_taken(public_keys: PublicKeys) -> None:
    assert await reason(TokenVerifier(None, public_keys), signed()) == "algorithm"
    assert await reason(TokenVerifier("", public_keys), signed()) == "algorithm"


async def test_a_public_key_is_never_taken_for_a_secret(server: KeyServer, public_keys: PublicKeys) -> None:
    private = server.add_ec("k1")
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT","kid":"k1"}').rstrip(b"=").decode()
    payload = base64.urlsafe_b64encode(json.dumps(claims()).encode()).rstrip(b"=").decode()
    digest = hmac.new(pem.encode(), f"{header}.{payload}".encode(), hashlib.sha256).digest()
    token = f"{header}.{payload}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"
    assert await reason(TokenVerifier(None, public_keys), token) == "algorithm"
    assert await reason(TokenVerifier(SECRET, public_keys), token) == "signature"


async def test_keys_are_fetched_once_and_again_when_they_rotate(
    server: KeyServer, public_keys: PublicKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("access.keys.SECONDS_BETWEEN_FETCHES", 0.0)
    verifier = TokenVerifier(SECRET, public_keys)
    first = server.add_ec("k1")
    for _ in range(3):
        await verifier.verify(signed(first, "ES256", {"kid": "k1"}))
    assert server.asked == 1
    second = server.add_ec("k2")
    await verifier.verify(signed(second, "ES256", {"kid": "k2"}))
    await verifier.verify(signed(first, "ES256", {"kid": "k1"}))
    assert server.asked == 2


async def test_unknown_keys_do_not_make_a_fetch_each(server: KeyServer, public_keys: PublicKeys) -> None:
    verifier = TokenVerifier(None, public_keys)
    server.add_ec("k1")
    stranger = ec.generate_private_key(ec.SECP256R1())
    for n in range(5):
        assert await reason(verifier, signed(stranger, "ES256", {"kid": f"x{n}"})) == "unknown_key"
    assert await reason(verifier, signed(stranger, "ES256")) == "unknown_key"
    assert await reason(verifier, signed(stranger, "ES256", {"kid": "k1"})) == "signature"
    assert server.asked == 1


async def test_key_and_algorithm_must_belong_together(server: KeyServer, public_keys: PublicKeys) -> None:
    server.add_ec("k1")
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert await reason(TokenVerifier(None, public_keys), signed(other, "RS256", {"kid": "k1"})) == "algorithm"
    server.keys.append({**json.loads(RSAAlgorithm.to_jwk(other.public_key())), "kid": "r1", "alg": "RS256"})
    assert await reason(TokenVerifier(None, public_keys), signed(other, "RS256", {"kid": "r1"})) == "unknown_key"


async def test_a_secret_among_the_public_keys_is_left_out(server: KeyServer, public_keys: PublicKeys) -> None:
    encoded = base64.urlsafe_b64encode(SECRET.encode()).rstrip(b"=").decode()
    server.keys.append({"kty": "oct", "k": encoded, "kid": "o1", "alg": "HS256"})
    assert await reason(TokenVerifier(None, public_keys), signed(headers={"kid": "o1"})) == "algorithm"


async def test_keys_that_were_got_outlive_an_outage(server: KeyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("access.keys.SECONDS_BETWEEN_FETCHES", 0.0)
    async with httpx.AsyncClient(transport=httpx.MockTransport(server.answer)) as http:
        verifier = TokenVerifier(None, PublicKeys(ADDRESS, http, kept_seconds=0.0))
        key = server.add_ec("k1")
        server.down = True
        with pytest.raises(AccessUnavailable):
            await verifier.verify(signed(key, "ES256", {"kid": "k1"}))
        server.down = False
        await verifier.verify(signed(key, "ES256", {"kid": "k1"}))
        server.down = True
        person = await verifier.verify(signed(key, "ES256", {"kid": "k1"}))
        assert person.person_id == PERSON


async def test_a_token_that_was_good_is_refused_once_it_is_over() -> None:
    verifier = TokenVerifier(SECRET)
    token = signed(exp=int(time.time()) - 9)
    await verifier.verify(token)
    await asyncio.sleep(1.2)
    with pytest.raises(TokenRefused) as refused:
        await verifier.verify(token)
    assert refused.value.reason == "expired"


async def test_a_key_that_is_taken_away_counts_for_a_minute_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    server = KeyServer()
    private = server.add_ec("k1")
    token = signed(private, "ES256", {"kid": "k1"})
    async with httpx.AsyncClient(transport=httpx.MockTransport(server.answer)) as http:
        verifier = TokenVerifier(public_keys=PublicKeys(ADDRESS, http, kept_seconds=0))
        await verifier.verify(token)
        server.keys.clear()
        await verifier.verify(token)
        began = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: began + 61)
        with pytest.raises(TokenRefused):
            await verifier.verify(token)
