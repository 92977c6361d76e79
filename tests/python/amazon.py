"""Reads a Selling Partner API with Amazon's own SDK, and prints what it read as JSON.

    amazon.py API TOKEN_ADDRESS orders                    all orders, and the first one by itself
    amazon.py API TOKEN_ADDRESS feed CONTENT_TYPE FILE    hands in a feed
    amazon.py API TOKEN_ADDRESS report FEED_ID            the state of a feed, and its report once it has one

It needs the packages of requirements.txt.
"""

import gzip
import json
import sys
from datetime import datetime, timezone

import requests
from spapi import SPAPIClient, SPAPIConfig
from spapi.api.feeds_v2021_06_30.feeds_api import FeedsApi
from spapi.api.orders_v2026_01_01.get_order_api import GetOrderApi
from spapi.api.orders_v2026_01_01.search_orders_api import SearchOrdersApi
from spapi.models.feeds_v2021_06_30 import CreateFeedDocumentSpecification, CreateFeedSpecification

INCLUDED = ["CANCELLATION", "FULFILLMENT", "PROCEEDS"]
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc).isoformat().replace("+00:00", "Z")
MARKETPLACE = "A1PA6795UKMFR9"
FEED_TYPE = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
PATIENCE = 120


def item_as_read(item):
    """An item of an order with the objects of its cancellation."""
    request = item.cancellation and item.cancellation.cancellation_request
    execution = item.cancellation and item.cancellation.cancellation_execution
    return {
        "id": item.order_item_id,
        "quantity": item.quantity_ordered,
        "request": request and [request.requester, request.cancel_reason],
        "execution": execution and [execution.cancelled_by, execution.cancel_reason],
    }


def order_as_read(order):
    """An order as the models of the SDK hold it."""
    return {
        "id": order.order_id,
        "status": order.fulfillment.fulfillment_status,
        "fulfilled_by": order.fulfillment.fulfilled_by,
        "marketplace": order.sales_channel.marketplace_id,
        "total": order.proceeds and order.proceeds.grand_total.amount,
        "items": [item_as_read(item) for item in order.order_items],
    }


def orders(client):
    """Lists the orders, and reads the first one again by its number."""
    found = SearchOrdersApi(client).search_orders(
        last_updated_after=EPOCH, marketplace_ids=[MARKETPLACE], included_data=INCLUDED
    )
    listed = [order_as_read(order) for order in found.orders]
    one = GetOrderApi(client).get_order(listed[0]["id"], included_data=INCLUDED)
    return {"orders": listed, "one": order_as_read(one.order)}


def feed(client, content_type, file):
    """Hands in the document in `file`: creates it, uploads it without a token, and creates the feed."""
    feeds = FeedsApi(client)
    document = feeds.create_feed_document(CreateFeedDocumentSpecification(content_type=content_type))
    with open(file, "rb") as body:
        sent = requests.put(document.url, body.read(), headers={"Content-Type": content_type}, timeout=PATIENCE)
    sent.raise_for_status()
    created = feeds.create_feed(
        CreateFeedSpecification(
            feed_type=FEED_TYPE,
            marketplace_ids=[MARKETPLACE],
            input_feed_document_id=document.feed_document_id,
        )
    )
    return {"feed": created.feed_id}


def report(client, feed_id):
    """The state of the feed; with its report when there is one."""
    feeds = FeedsApi(client)
    found = feeds.get_feed(feed_id)
    read = {"status": found.processing_status, "type": found.feed_type, "report": None}
    if found.result_feed_document_id:
        document = feeds.get_feed_document(found.result_feed_document_id)
        body = requests.get(document.url, timeout=PATIENCE).content
        packed = document.compression_algorithm == "GZIP"
        read["report"] = (gzip.decompress(body) if packed else body).decode()
    return read


def main():
    api, token_address, what, *arguments = sys.argv[1:]
    config = SPAPIConfig(client_id="client", client_secret="secret", refresh_token="consent", region="EU")
    client = SPAPIClient(config, oauth_endpoint=token_address, endpoint=api.rstrip("/")).api_client
    print(json.dumps({"orders": orders, "feed": feed, "report": report}[what](client, *arguments)))


if __name__ == "__main__":
    main()
