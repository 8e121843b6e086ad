"""The handlers of poison-in-the-data: both parse each order, one fails as a whole, one says which orders failed."""

import base64
import json


def bill(order):
    """What an order costs. Raises ValueError and KeyError for what is no order."""
    return sum(item["price"] * item["quantity"] for item in order["items"])


def read(record):
    """The order in a record of a Kinesis event."""
    return json.loads(base64.b64decode(record["kinesis"]["data"]))


def handler(event, context):
    """Bill all orders of a batch, or fail."""
    for record in event["Records"]:
        bill(read(record))


def partial_handler(event, context):
    """Bill the orders of a batch up to the first that cannot be billed, and say which that is."""
    for record in event["Records"]:
        try:
            bill(read(record))
        except (ValueError, KeyError) as error:
            print("no order:", error)
            return {"batchItemFailures": [{"itemIdentifier": record["kinesis"]["sequenceNumber"]}]}
    return {"batchItemFailures": []}
