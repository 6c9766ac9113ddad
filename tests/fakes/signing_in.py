"""Settings with which people sign in, and a load balancer that signs what it says as AWS's do."""

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.fakes.local_server import Asked, Reply

SECRET: Final = "7c1f0e5ab2d94c3686b1a0f2d3e4c5b6a7988877665544332211"
ALB_ARN: Final = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/portal/50dc6c495c0c9188"
ISSUER: Final = "https://login.example.com"
CLIENT: Final = "portal"
ALB: Final = {"AUTH": "alb-oidc", "AUTH_ALB_ARN": ALB_ARN, "AUTH_ISSUER": ISSUER, "AUTH_CLIENT_ID": CLIENT}
PROXY: Final = {"AUTH": "proxy", "AUTH_PROXY_SECRET": SECRET}
ROLES: Final = {"AUTH_LEADS": "leads", "AUTH_ADMINS": "admins"}
DATA: Final = "X-Amzn-Oidc-Data"
KEY_ID: Final = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
OTHERS_KEY_ID: Final = "11112222-3333-4444-5555-666677778888"

NOW: Final = 1_795_435_200_000
"""An instant, in epoch milliseconds."""
EXP: Final = NOW // 1000 + 120


def segment(content: bytes | Mapping[str, Any]) -> str:
    """A part of a token, with the padding that the balancer leaves on it."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return urlsafe_b64encode(raw).decode()


def signed(header: bytes | Mapping[str, Any], claims: bytes | Mapping[str, Any], key: EllipticCurvePrivateKey) -> str:
    """A token, signed over its padding too."""
    said = f"{segment(header)}.{segment(claims)}"
    r, s = decode_dss_signature(key.sign(said.encode(), ECDSA(SHA256())))
    return f"{said}.{segment(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


class Balancer:
    """Signs people in. Its key, and one of somebody else's balancer in the same region, lie where AWS keeps them."""

    def __init__(self) -> None:
        self.key, self.others_key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
        self.pems = {KEY_ID: pem_of(self.key), OTHERS_KEY_ID: pem_of(self.others_key)}
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def answering(self, asked: Asked) -> Reply:
        """The host of the keys."""
        key_id = asked.path.removeprefix("/")
        with self._lock:
            self.asked.append(key_id)
        pem = self.pems.get(key_id)
        return Reply(b"<Error><Code>AccessDenied</Code></Error>", 403) if pem is None else Reply(pem)

    def fetch(self, key_id: str) -> bytes | None:
        """The same without HTTP."""
        self.asked.append(key_id)
        return self.pems.get(key_id)

    def header(self, **changed: Any) -> dict[str, Any]:
        """What it says of itself; None takes a field away."""
        fields = {"typ": "JWT", "kid": KEY_ID, "alg": "ES256", "iss": ISSUER, "client": CLIENT, "signer": ALB_ARN}
        return {name: value for name, value in {**fields, "exp": EXP, **changed}.items() if value is not None}

    def claims(self, *groups: str, **changed: Any) -> dict[str, Any]:
        """What it says of somebody; None takes a claim away."""
        fields = {"sub": "5f0c", "email": "ada@example.com", "groups": list(groups), "exp": EXP, "iss": ISSUER}
        return {name: value for name, value in {**fields, **changed}.items() if value is not None}

    def says(self, *groups: str) -> str:
        """The header of somebody in these groups."""
        return signed(self.header(), self.claims(*groups), self.key)


def padded(balancer: Balancer, *groups: str) -> str:
    """What a balancer says, with padding on every part of it: it counts in the signature."""
    header = next(each for n in range(3) if segment(each := balancer.header(typ="J" * n)).endswith("="))
    claims = next(each for n in range(3) if segment(each := balancer.claims(*groups, n="n" * n)).endswith("="))
    return signed(header, claims, balancer.key)


def pem_of(key: EllipticCurvePrivateKey) -> bytes:
    """The public half, as it is handed out."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
