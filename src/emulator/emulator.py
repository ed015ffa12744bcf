"""Checkvalve's AWS emulator: an unmodified moto, with what moto lacks across accounts added at start.

    python emulator.py --port 0 [--now 2026-01-01T00:00:00Z]

Binds 127.0.0.1 alone, prints one line {"port": N} when it answers, and ends when its standard input is closed (its
parent is gone) or on SIGTERM and SIGINT. It never runs Lambda code: what would run is queued as a wake-up.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
import warnings

logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
warnings.filterwarnings("ignore")


def _leave(*_: object) -> None:
    os._exit(0)  # at once: nothing here is worth saving, and threads must not hold the process


def _leave_with_parent() -> None:
    while os.read(0, 4096):
        pass
    _leave()


def _serve(port: int) -> None:
    from gateway import Gateway
    from http_server import listen
    from speed.moto_calls import Dispatcher

    server = listen(port, Gateway(Dispatcher()))
    os.environ["MOTO_PORT"] = str(server.server_address[1])
    print(json.dumps({"port": server.server_address[1]}), flush=True)
    server.serve_forever()


def main() -> None:
    arguments = argparse.ArgumentParser(description="Checkvalve's AWS emulator")
    arguments.add_argument("--port", type=int, default=0, help="0 takes a free one")
    arguments.add_argument("--now", help="the instant at which the virtual clock starts (ISO 8601)")
    given = arguments.parse_args()
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    threading.Thread(target=_leave_with_parent, daemon=True).start()

    import world

    world.install(given.now)
    _serve(given.port)


if __name__ == "__main__":
    main()
