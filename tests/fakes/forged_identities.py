"""Identities that nobody has: everything that somebody may try in the place of a load balancer's word."""

import hashlib
import hmac
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from tests.fakes.signing_in import DATA, EXP, OTHERS_KEY_ID, Balancer, padded, segment, signed

Headers = list[tuple[str, str]]
_WRONG_ARN: Final = "arn:aws:elasticloadbalancing:eu-west-1:999999999999:loadbalancer/app/evil/0123456789abcdef"


def forged(balancer: Balancer) -> dict[str, Headers]:
    """The headers of each, by what is wrong with them. All of them claim to be of an admin."""

    def said(**changed: Any) -> Headers:
        return [(DATA, signed(balancer.header(**changed), balancer.claims("admins"), balancer.key))]

    def claimed(**changed: Any) -> Headers:
        return [(DATA, signed(balancer.header(), balancer.claims("admins", **changed), balancer.key))]

    good = balancer.says("admins")
    head, claims, signature = good.split(".")
    viewer = balancer.says("viewers").split(".")
    stranger = generate_private_key(SECP256R1())
    none = {name: segment(balancer.header(alg=name)) for name in ("none", "None", "NONE", "nOnE")}
    return {
        "expired": said(exp=EXP - 121),
        "expired claims in a header that holds": claimed(exp=EXP - 121),
        "without an end": [
            (DATA, signed(balancer.header(exp=None), balancer.claims("admins", exp=None), balancer.key))
        ],
        "an end that is no instant": said(exp="never"),
        "an end that is no whole number": said(exp=1e300),
        "another signer": said(signer=_WRONG_ARN),
        "without a signer": said(signer=None),
        "several signers": said(signer=[_WRONG_ARN, balancer.header()["signer"]]),
        "another issuer": said(iss="https://login.example.com.evil.example"),
        "an issuer with a slash more": said(iss="https://login.example.com/"),
        "without an issuer": said(iss=None),
        "claims of another issuer": claimed(iss="https://evil.example"),
        "another client": said(client="other"),
        "without a client": said(client=None),
        "nobody": claimed(sub=None),
        "nobody's name": claimed(sub=""),
        "a name that is none": claimed(sub=["5f0c"]),
        "a name without end": claimed(sub="x" * 5_000),
        "another algorithm": said(alg="ES384"),
        "without an algorithm": said(alg=None),
        **{f"alg {name}, unsigned": [(DATA, f"{header}.{claims}.")] for name, header in none.items()},
        "alg none with a signature": [(DATA, f"{none['none']}.{claims}.{signature}")],
        "HS256 with the public key": [(DATA, _symmetric("HS256", balancer))],
        "HS512 with the public key": [(DATA, _symmetric("HS512", balancer))],
        "an unknown key id": said(kid="99999999-0000-0000-0000-000000000000"),
        "a key id that leads elsewhere": said(kid="../../evil"),
        "a key id that is an address": said(kid="//evil.example/key"),
        "a key id with a query": said(kid="0f1e?x=1"),
        "a key id with a line end": said(kid="0f1e\r\nHost: evil.example"),
        "a key id that is escaped": said(kid="%2e%2e%2fevil"),
        "a key id without end": said(kid="a" * 65),
        "a key id of nothing": said(kid=""),
        "a key id that is none": said(kid=7),
        "without a key id": said(kid=None),
        "the key of another balancer named": said(kid=OTHERS_KEY_ID),
        "signed by another balancer": [
            (
                DATA,
                signed(
                    balancer.header(kid=OTHERS_KEY_ID, signer=_WRONG_ARN),
                    balancer.claims("admins"),
                    balancer.others_key,
                ),
            )
        ],
        "signed with a key of one's own": [(DATA, signed(balancer.header(), balancer.claims("admins"), stranger))],
        "a key of one's own in the header": [
            (
                DATA,
                signed(
                    balancer.header(jwk={"kty": "EC"}, jku="https://evil.example"), balancer.claims("admins"), stranger
                ),
            )
        ],
        "claims of another token": [(DATA, ".".join((viewer[0], claims, viewer[2])))],
        "without a signature": [(DATA, f"{head}.{claims}")],
        "an empty signature": [(DATA, f"{head}.{claims}.")],
        "a signature of zeros": [(DATA, f"{head}.{claims}.{segment(bytes(64))}")],
        "without its padding": [(DATA, padded(balancer, "admins").replace("=", ""))],
        "half of it": [(DATA, good[: len(good) // 2])],
        "nothing": [(DATA, "")],
        "no token": [(DATA, "admin")],
        "no JSON": [(DATA, f"{segment(b'{')}.{claims}.{signature}")],
        "JSON without end": [(DATA, f"{segment(b'[' * 4_000)}.{claims}.{signature}")],
        "a token without end": [(DATA, f"{head}.{'A' * 20_000}.{signature}")],
        "twice": [(DATA, good), (DATA, good)],
        "twice in one": [(DATA, f"{good},{good}")],
        "a forged one beside a good one": [(DATA, f"{none['none']}.{claims}."), (DATA, good)],
        "the person's id alone": [("X-Amzn-Oidc-Identity", "5f0c")],
        "the access token in its place": [("X-Amzn-Oidc-Accesstoken", good)],
        "in Authorization": [("Authorization", f"Bearer {good}")],
        "in a cookie": [("Cookie", f"AWSELBAuthSessionCookie-0={good}")],
        "a proxy's headers": [("X-Forwarded-User", "ada"), ("X-Forwarded-Groups", "admins")],
        "a user of the server": [("Remote-User", "ada"), ("X-Remote-User", "ada")],
    }


def _symmetric(algorithm: str, balancer: Balancer) -> str:
    """Signed with what everybody knows, for a reader who takes a public key for a password."""
    said = f"{segment(balancer.header(alg=algorithm))}.{segment(balancer.claims('admins'))}"
    digest = {"HS256": hashlib.sha256, "HS512": hashlib.sha512}[algorithm]
    return f"{said}.{segment(hmac.digest(next(iter(balancer.pems.values())), said.encode(), digest))}"
