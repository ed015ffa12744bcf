"""The state of the emulator: what a reset clears, and what a saved world contains.

Each module registers its state with `registered`. A world is saved as one pickle of all registered state and of moto's
backends: an object that two parts share is one object again after a restore.
"""

from __future__ import annotations

import io
import marshal
import os
import pickle
import sys
import threading
import zlib
from types import FunctionType
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.moto_api._internal import mock_random

from control import Refused

Thing = TypeVar("Thing")
_things: dict[str, Any] = {}
_initial: dict[str, bytes] = {}
_LOCKS = (type(threading.Lock()), type(threading.RLock()))


def registered(name: str, thing: Thing) -> Thing:
    """Registers a dict, a list, or an object whose attributes are its state. A reset sets it back to what it is now."""
    _things[name], _initial[name] = thing, pickle.dumps(_content(thing))
    return thing


def forget_all() -> None:
    """Empties moto's backends, and sets all registered state back to what it was when it was registered."""
    BackendDict.reset()
    for name, thing in _things.items():
        _fill(thing, pickle.loads(_initial[name]))


def _content(thing: Any) -> Any:
    return thing if isinstance(thing, dict | list) else vars(thing)


def _fill(thing: Any, content: Any) -> None:
    inside = _content(thing)
    inside.clear()
    inside.extend(content) if isinstance(inside, list) else inside.update(content)


def _place(backends: BackendDict[Any]) -> tuple[str, str]:
    """The module and the name of the variable in which moto holds the backends of a service."""
    module = backends.backend.__module__
    return module, next(name for name, value in vars(sys.modules[module]).items() if value is backends)


_MADE_WITH = {"backend", "service_name", "_use_boto3_regions", "_additional_regions", "_id"}


def _own(backends: BackendDict[Any]) -> dict[str, Any]:
    """What a directory holds besides its backends, such as the owner of each bucket name."""
    return {name: value for name, value in vars(backends).items() if isinstance(value, dict) and name not in _MADE_WITH}


def _at(module: str, name: str) -> BackendDict[Any]:
    __import__(module)
    found: BackendDict[Any] = getattr(sys.modules[module], name)
    return found


def _account_at(module: str, name: str, account: str) -> AccountSpecificBackend[Any]:
    return _at(module, name)[account]


def _function(code: bytes, module: str) -> FunctionType:
    """A function that moto defines inside another function, such as the default of a dict."""
    return FunctionType(marshal.loads(code), vars(sys.modules[module]))


class _Pickler(pickle.Pickler):
    """Writes moto's directories of backends as references to their variables, not as their content."""

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, BackendDict):
            return _at, _place(thing)
        if isinstance(thing, AccountSpecificBackend):
            owner = next(each for each in BackendDict._instances if dict.get(each, thing.account_id) is thing)
            return _account_at, (*_place(owner), thing.account_id)
        if isinstance(thing, _LOCKS):
            return type(thing), ()
        if isinstance(thing, FunctionType) and "<locals>" in thing.__qualname__:
            if thing.__closure__:
                raise Refused(f"the state cannot be saved: {thing.__qualname__} of {thing.__module__} is a closure")
            return _function, (marshal.dumps(thing.__code__), thing.__module__)
        if isinstance(thing, WeakValueDictionary):
            return WeakValueDictionary, (), None, None, iter(list(thing.items()))
        return NotImplemented


def _own_address() -> bytes:
    return f"127.0.0.1:{os.environ['MOTO_PORT']}".encode()


# The addresses of queues name the port. Another emulator has another port, with as many digits.
_ADDRESS = b"127.0.0.1:-port"


def save() -> bytes:
    """The current state, as a file that `restore` reads."""
    backends = {
        _place(each): ({account: dict(regions) for account, regions in each.items()}, _own(each))
        for each in BackendDict._instances
    }
    things = {name: _content(thing) for name, thing in _things.items()}
    written = io.BytesIO()
    try:
        _Pickler(written, protocol=5).dump((backends, things, mock_random.getstate()))
    except (pickle.PicklingError, AttributeError, TypeError) as fault:
        raise Refused(f"the state cannot be saved: {fault}") from fault
    if len(_own_address()) != len(_ADDRESS):
        raise Refused("the state cannot be saved: the port of this emulator does not have five digits")
    return zlib.compress(written.getvalue().replace(_own_address(), _ADDRESS), level=1)


def restore(saved: bytes) -> None:
    """Replaces the current state with a saved one."""
    forget_all()
    try:
        backends, things, random_state = pickle.loads(zlib.decompress(saved).replace(_ADDRESS, _own_address()))
    except Exception as fault:  # any fault of the file
        raise Refused(f"the file holds no state that this version of the emulator saved: {fault!r}") from fault
    for place, (accounts, own) in backends.items():
        for account, regions in accounts.items():
            dict.update(_at(*place)[account], regions)
        for name, content in own.items():
            _fill(getattr(_at(*place), name), content)
    for name, content in things.items():
        _fill(_things[name], content)
    mock_random.setstate(random_state)
