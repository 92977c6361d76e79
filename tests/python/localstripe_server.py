"""Serves localstripe, an imitation of Stripe that others wrote, on this machine alone, and prints its address.

    python localstripe_server.py

It needs the packages of requirements.txt. localstripe by itself listens on every address, and keeps what it knows in a
file that all its processes share. It is under the GPL, so nothing but this file imports it: tests speak HTTP with it.
"""

import socket

from aiohttp import web
from localstripe.resources import Store
from localstripe.server import app

Store.dump_to_disk = lambda _: None

listening = socket.create_server(("127.0.0.1", 0))
print(f"localstripe at http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
web.run_app(app, sock=listening, print=None)
