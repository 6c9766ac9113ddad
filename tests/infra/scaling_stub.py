"""Application Auto Scaling, which no emulator has: it keeps what terraform tells it and says it back.

https://docs.aws.amazon.com/autoscaling/application/APIReference/
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, TypeAlias

Asked: TypeAlias = dict[str, Any]

_SAME_TARGET: Final = ("ServiceNamespace", "ResourceId", "ScalableDimension")


class ScalingStub(ThreadingHTTPServer):
    """`targets` and `policies` are what it has been told, as it was told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.targets: dict[str, Asked] = {}
        self.policies: dict[str, Asked] = {}

    def answer(self, operation: str, asked: Asked) -> Asked:
        """What an operation answers.

        Raises:
            KeyError: it is not one of those that a target with policies needs.
        """
        target = "/".join(str(asked.get(part)) for part in _SAME_TARGET)
        match operation:
            case "RegisterScalableTarget":
                arn = f"arn:aws:application-autoscaling:eu-west-1:000000000000:scalable-target/{len(self.targets)}"
                known = self.targets.get(target, {"ScalableTargetARN": arn, "CreationTime": 0})
                self.targets[target] = {**known, **asked}
                return {"ScalableTargetARN": self.targets[target]["ScalableTargetARN"]}
            case "DescribeScalableTargets":
                return {"ScalableTargets": [told for told in self.targets.values() if _is_asked(told, asked)]}
            case "PutScalingPolicy":
                arn = f"arn:aws:autoscaling:eu-west-1:000000000000:scalingPolicy:{asked['PolicyName']}"
                self.policies[asked["PolicyName"]] = {**asked, "PolicyARN": arn, "Alarms": [], "CreationTime": 0}
                return {"PolicyARN": arn, "Alarms": []}
            case "DescribeScalingPolicies":
                return {"ScalingPolicies": [told for told in self.policies.values() if _is_asked(told, asked)]}
            case "DeleteScalingPolicy":
                self.policies.pop(asked["PolicyName"])
            case "DeregisterScalableTarget":
                self.targets.pop(target)
            case "ListTagsForResource":
                tags = [told.get("Tags", {}) for told in self.targets.values()]
                return {"Tags": tags[0] if tags else {}}
            case _:
                raise KeyError(operation)
        return {}


class _Handler(BaseHTTPRequestHandler):
    server: ScalingStub

    def do_POST(self) -> None:
        """One operation, named by a header."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        try:
            status, told = 200, self.server.answer(operation, asked)
        except KeyError as unknown:
            status, told = 400, {"__type": "ObjectNotFoundException", "message": str(unknown)}
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server calls it so
        """Keep quiet."""


@contextmanager
def scaling_stub() -> Iterator[ScalingStub]:
    """It, while the block runs."""
    with ScalingStub() as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        serving.start()
        try:
            yield server
        finally:
            server.shutdown()
            serving.join()


def _is_asked(told: Asked, asked: Asked) -> bool:
    ids = asked.get("ResourceIds") or ([asked["ResourceId"]] if "ResourceId" in asked else [told["ResourceId"]])
    names = asked.get("PolicyNames") or [told.get("PolicyName")]
    return (
        told["ResourceId"] in ids
        and told.get("PolicyName") in names
        and told["ServiceNamespace"] == asked["ServiceNamespace"]
        and asked.get("ScalableDimension", told["ScalableDimension"]) == told["ScalableDimension"]
    )
