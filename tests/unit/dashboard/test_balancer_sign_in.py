"""The word of a load balancer: whom it lets in, and that nobody comes in without it."""

import pytest
from werkzeug.test import EnvironBuilder

from dashboard.balancer_sign_in import HEADER, LONGEST, MOST_KNOWN, Balancer, BalancerSignIn
from dashboard.gate import Refused
from dashboard.key_ring import KeyRing
from dashboard.roles import Roles
from opsportal.identity import Identity
from servicelevel.errors import PortalError
from tests.fakes.forged_identities import forged
from tests.fakes.signing_in import ALB_ARN, CLIENT, EXP, ISSUER, NOW, padded, signed
from tests.fakes.signing_in import Balancer as Signer

ROLES = Roles(frozenset({"leads"}), frozenset({"admins"}))


class Clock:
    """An instant that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        """As Now promises."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A moment after people have signed in."""
    return Clock()


@pytest.fixture(scope="module")
def signer() -> Signer:
    """Our load balancer."""
    return Signer()


@pytest.fixture
def sign_in(signer: Signer, clock: Clock) -> BalancerSignIn:
    """Believes that balancer alone."""
    signer.asked.clear()
    return BalancerSignIn(Balancer(ALB_ARN, ISSUER, CLIENT, "groups"), ROLES, KeyRing(signer.fetch), clock)


def test_who_is_signed_in_is_told_with_the_role_of_their_groups(sign_in: BalancerSignIn, signer: Signer) -> None:
    """The highest of them counts; without any one is a viewer."""
    for groups, role in {(): "viewer", ("leads",): "lead", ("leads", "admins", "other"): "admin"}.items():
        found = sign_in({HEADER: signer.says(*groups)})
        assert found is not None
        assert found == Identity("person", "5f0c", found.role, until_ms=EXP * 1000)
        assert found.role == role


@pytest.mark.parametrize(
    ("claim", "role"),
    [
        ("admins", "admin"),
        (["leads"], "lead"),
        ("admins,leads", "viewer"),
        ("Admins", "viewer"),
        ("admins ", "viewer"),
        ([["admins"]], "viewer"),
        ({"admins": True}, "viewer"),
        (7, "viewer"),
        (None, "viewer"),
    ],
)
def test_a_claim_is_a_text_or_a_list_of_texts(
    sign_in: BalancerSignIn, signer: Signer, claim: object, role: str
) -> None:
    """Each is a group by its whole name; what is none of both gives nothing."""
    found = sign_in({HEADER: signed(signer.header(), signer.claims(groups=claim), signer.key)})
    assert found is not None
    assert found.role == role


def test_the_padding_that_the_balancer_leaves_on_belongs_to_what_it_signs(
    sign_in: BalancerSignIn, signer: Signer
) -> None:
    """It is verified as it came."""
    assert padded(signer).count("=.") == 2
    assert sign_in({HEADER: padded(signer)}) is not None


def test_nobody_is_known_where_the_balancer_says_nothing(sign_in: BalancerSignIn) -> None:
    """Another way in may still know somebody."""
    assert sign_in({}) is None


@pytest.mark.parametrize("name", sorted(forged(Signer())))
def test_no_forged_identity_is_accepted(sign_in: BalancerSignIn, signer: Signer, name: str) -> None:
    """Not one of what somebody may try, and the reason holds nothing that they sent."""
    headers = forged(signer)[name]
    environ = EnvironBuilder(headers=headers).get_environ()
    accepted, reason = False, ""
    try:
        accepted = sign_in(environ) is not None
    except Refused as refused:
        reason = str(refused)
        assert refused.status == 401  # noqa: PT017 - some are refused, others say nothing at all
    assert not accepted
    assert not any(len(value) > 1 and value in reason for _, value in headers)
    assert {"/" in each or "%" in each for each in signer.asked} <= {False}


def test_there_are_enough_of_them() -> None:
    """More than thirty."""
    assert len(forged(Signer())) > 30


def test_nobody_who_cannot_name_us_makes_us_ask_for_a_key(sign_in: BalancerSignIn, signer: Signer) -> None:
    """What a header says of itself is looked at before the host of the keys is bothered."""
    for changed in ({"signer": "x"}, {"client": "x"}, {"iss": "x"}, {"alg": "none"}, {"exp": 1}, {"kid": "a/b"}):
        with pytest.raises(Refused):
            sign_in({HEADER: signed(signer.header(**changed), signer.claims(), signer.key)})
    assert signer.asked == []


def test_what_held_holds_until_its_own_end(sign_in: BalancerSignIn, signer: Signer, clock: Clock) -> None:
    """It is not checked again, byte for byte the same, and it is over when it says so."""
    said = signer.says("leads")
    assert sign_in({HEADER: said}) is sign_in({HEADER: said})
    clock.now = EXP * 1000 - 1
    assert sign_in({HEADER: said}) is not None
    clock.now += 1
    with pytest.raises(Refused, match="expired"):
        sign_in({HEADER: said})
    assert len(signer.asked) == 1


def test_another_signature_over_what_held_does_not_hold(sign_in: BalancerSignIn, signer: Signer) -> None:
    """Only the very same bytes are known."""
    said = signer.says("admins")
    assert sign_in({HEADER: said}) is not None
    head, claims, signature = said.split(".")
    changed = ("B" if signature[0] != "B" else "C") + signature[1:]
    with pytest.raises(Refused, match="signature"):
        sign_in({HEADER: f"{head}.{claims}.{changed}"})


def test_what_is_remembered_is_short(sign_in: BalancerSignIn, signer: Signer) -> None:
    """More claims than a balancer passes on are none of its, rightly signed or not."""
    with pytest.raises(Refused, match="no signed token"):
        sign_in({HEADER: signed(signer.header(), signer.claims(about="x" * LONGEST), signer.key)})


def test_what_is_remembered_is_bounded(signer: Signer, clock: Clock) -> None:
    """Whoever signs in a thousand times takes no more room than that."""
    sign_in = BalancerSignIn(Balancer(ALB_ARN, ISSUER, CLIENT, "groups"), ROLES, KeyRing(signer.fetch), clock)
    for n in range(MOST_KNOWN + 5):
        sign_in({HEADER: signed(signer.header(), signer.claims(sub=f"{n}"), signer.key)})
    assert len(sign_in._known) == MOST_KNOWN


def test_a_key_that_cannot_be_had_is_no_verdict(clock: Clock, signer: Signer) -> None:
    """503 for those who are new, whoever they are; nobody is let in on trust."""

    def away(_: str) -> bytes | None:
        raise PortalError("The key host does not answer.")

    sign_in = BalancerSignIn(Balancer(ALB_ARN, ISSUER, CLIENT, "groups"), ROLES, KeyRing(away), clock)
    with pytest.raises(Refused) as raised:
        sign_in({HEADER: signer.says("admins")})
    assert raised.value.status == 503
