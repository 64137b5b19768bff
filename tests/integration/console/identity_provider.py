"""A small OpenID provider on loopback, written for the tests: one person, who always agrees. It can be told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "privbot", "a secret of the client's"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """What it says of its person, and how it signs. A test changes what it wants to be wrong."""

    issuer: str = ""
    claims: dict[str, Any] = field(
        default_factory=lambda: {"sub": "17", "email": "sam@harbour.example", "email_verified": True, "name": "Sam Reed"}
    )
    userinfo: dict[str, Any] | None = None
    key: rsa.RSAPrivateKey = field(default_factory=new_key)
    signing_key: Any = None
    algorithm: str = "RS256"
    changes: dict[str, Any] = field(default_factory=dict)
    """Of the ID token: claims to set, or to leave out where the value is None."""
    metadata: dict[str, Any] = field(default_factory=dict)
    moved: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def agree(self, address: str) -> str:
        """What the browser brings back from `address`, the page where the person agrees: path and query."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked.append(asked)
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked.get("nonce"),
            "auth_time": now if "max_age" in asked else None, **self.claims, **self.changes,
        }  # fmt: skip
        told = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(told, self.signing_key or self.key, algorithm=self.algorithm, headers={"kid": "one"})

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize", "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys", "userinfo_endpoint": f"{self.issuer}/userinfo",
                "token_endpoint_auth_methods_supported": ["client_secret_post"], **self.metadata,
            }  # fmt: skip
        if path == "/keys":
            public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
            return 200, {"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]}
        if path == "/token":
            asked = self.codes.pop(form.get("code", ""), None)
            proof = (
                base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
            )
            if asked is None or form.get("client_secret") != SECRET or asked.get("code_challenge") != proof:
                return 400, {"error": "invalid_grant"}
            return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": self.token(asked)}
        if path == "/userinfo":
            return 200, self.userinfo or {}
        return 404, {}


@contextmanager
def identity_provider() -> Iterator[Provider]:
    """The provider, served while the block runs."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form: dict[str, str]) -> None:
            if provider.moved:
                self.send_response(302)
                self.send_header("Location", f"{provider.issuer}{self.path}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                provider.moved = False
                return
            status, told = provider.answer(urlsplit(self.path).path, form)
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
