"""A table for history as docs/operating.md describes it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


def create_table(client: "DynamoDBClient", name: str) -> None:
    """Make it, billed on demand."""
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "queue", "KeyType": "HASH"}, {"AttributeName": "day", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "queue", "AttributeType": "S"},
            {"AttributeName": "day", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
