"""Checkvalve's AWS emulator: an unmodified moto; at start, the emulator adds what moto lacks across accounts.

    python emulator.py --port 0 [--now 2026-01-01T00:00:00Z]

Binds only 127.0.0.1, prints one line {"port": N} when it answers, and ends when its standard input is closed (its
parent process has ended) or on SIGTERM and SIGINT. It never runs Lambda code: each invocation is queued as a wakeup.
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


def _exit(*_: object) -> None:
    os._exit(0)  # at once: there is no state to save, and threads must not keep the process alive


def _exit_with_parent() -> None:
    while os.read(0, 4096):
        pass
    _exit()


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
    arguments.add_argument("--port", type=int, default=0, help="0 takes a free port")
    arguments.add_argument("--now", help="the instant at which the virtual clock starts (ISO 8601)")
    given = arguments.parse_args()
    signal.signal(signal.SIGTERM, _exit)
    signal.signal(signal.SIGINT, _exit)
    threading.Thread(target=_exit_with_parent, daemon=True).start()

    import world

    world.install(given.now)
    _serve(given.port)


if __name__ == "__main__":
    main()
