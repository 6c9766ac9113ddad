"""An AWS on loopback for whole stacks: ministack, with moto for alarms and a stub for scaling.

Services that check each other stay in one emulator. Two are elsewhere, because ministack reads alarms back empty and
has no Application Auto Scaling. Callers may do what their policies say; the credentials given here may do anything.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.aws_servers import certificate_of, ministack_server, moto_server, settings_of_aws
from tests.infra.scaling_stub import ScalingStub, scaling_stub


@dataclass(frozen=True, slots=True)
class Emulators:
    """Where they listen.

    Attributes:
        endpoints: the variables of the environment with which SDKs, and terraform, find them and trust them.
        environment: the same with the credentials of somebody who may do anything.
        scaling: what has been told to the stub.
    """

    endpoints: Mapping[str, str]
    environment: Mapping[str, str]
    scaling: ScalingStub


@contextmanager
def emulators(folder: Path) -> Iterator[Emulators]:
    """All of them, empty, while the block runs; they keep what they write in a folder."""
    with (
        ministack_server(folder, permissions=True, services="", tls=True) as url,
        moto_server() as alarms,
        scaling_stub() as scaling,
    ):
        endpoints = {
            "AWS_ENDPOINT_URL": url,
            "AWS_ENDPOINT_URL_CLOUDWATCH": alarms,
            "AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING": f"http://127.0.0.1:{scaling.server_address[1]}",
            "AWS_CA_BUNDLE": str(certificate_of(folder)),
            # What an emulator cannot do is not asked for ten minutes.
            "AWS_MAX_ATTEMPTS": "2",
        }
        yield Emulators(endpoints, {**settings_of_aws(folder), **endpoints}, scaling)
