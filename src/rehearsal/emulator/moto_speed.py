"""Takes out of moto what costs time or memory on every call and serves only moto's own dashboard."""

from __future__ import annotations

from functools import lru_cache

from moto.core import responses
from moto.core.common_models import BaseModel


def install() -> None:
    # moto looks up a response class's methods by reflection on each call
    responses.method_names_from_class = lru_cache(maxsize=None)(responses.method_names_from_class)
    # moto keeps every object it ever made for its dashboard: months of virtual time would never be freed
    BaseModel.__new__ = lambda cls, *_, **__: object.__new__(cls)  # type: ignore[method-assign]
