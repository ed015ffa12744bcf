"""Prints src/emulator/SUPPORTED.md, the supported calls and resource types, from the code; `--write` writes it.

    npm run docs

An operation is supported when the response class of its service has a method for it. The file in which that method is
defined shows whether the emulator or moto answers the operation.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import world

FOLDER = str(Path(__file__).parent)
PAGE = Path(__file__).with_name("SUPPORTED.md")
# The services whose clients or resource types Checkvalve uses, by their names in botocore.
SERVICES = (
    "accessanalyzer",
    "backup",
    "cloudformation",
    "cloudwatch",
    "dynamodb",
    "events",
    "iam",
    "kms",
    "lambda",
    "logs",
    "organizations",
    "rds",
    "s3",
    "sns",
    "sqs",
    "sts",
)
# Names of moto's packages that differ from botocore's.
PACKAGES = {"lambda": "awslambda"}
WIDTH = 120
HEAD = """\
# What the emulator supports

Written by `npm run docs` from the code: change that, not this page. A test fails when the page is not current.

For each service:

- **Added**: operations that the emulator answers and moto lacks.
- **Replaced**: operations of moto that the emulator answers in its own way, or whose effect it changes.
- **Changed in moto**: other methods of moto that the emulator replaces; they change moto's answers.
- **From moto**: operations that moto answers.

moto also answers other services, unchanged. A call that neither answers gets the error `NotEmulated` and is a problem
of the rehearsal, which then fails.
"""


def _function(value: Any) -> FunctionType | None:
    """The function of a method, a property, or a class method."""
    inner = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
    return inner if isinstance(inner, FunctionType) else None


def _is_ours(value: Any) -> bool:
    found = _function(value)
    return found is not None and found.__code__.co_filename.startswith(FOLDER)


def _classes(service: str, *modules: str) -> Iterator[type]:
    package = f"moto.{PACKAGES.get(service, service)}"
    for module in modules:
        for _, found in sorted(vars(importlib.import_module(f"{package}.{module}")).items()):
            if inspect.isclass(found) and found.__module__.startswith(package):
                yield found


def _changed(service: str) -> list[str]:
    """Methods of moto's classes that the emulator replaces, apart from whole operations."""
    operations = set(_methods(service))
    return sorted(
        {
            f"{cls.__name__}.{name}"
            for cls in _classes(service, "models", "responses")
            for name, value in vars(cls).items()
            if _is_ours(value) and name not in operations and not name.startswith("__")
        }
    )


def _methods(service: str) -> dict[str, str]:
    """The operations of a service, by the name of the method that answers each in moto."""
    from botocore.session import get_session
    from moto.core.utils import camelcase_to_underscores

    return {camelcase_to_underscores(name): name for name in get_session().get_service_model(service).operation_names}


def _operations(service: str) -> tuple[list[str], list[str], list[str]]:
    """The operations that the emulator adds, those that it replaces, and those of moto."""
    from operations import ADDED

    added: list[str] = []
    replaced: list[str] = []
    moto: list[str] = []
    for method, name in _methods(service).items():
        answers = any(method in vars(cls) for cls in _classes(service, "responses"))
        ours = any(_is_ours(vars(cls).get(method)) for cls in _classes(service, "models", "responses"))
        if ours:
            (added if (service, name) in ADDED else replaced).append(name)
        elif answers:
            moto.append(name)
    return added, replaced, moto


def _wrapped(label: str, names: list[str]) -> list[str]:
    """A bullet with its names in lines of limited width; nothing without names."""
    if not names:
        return []
    lines = [f"- {label}:"]
    for name in names:
        word = f" {name}," if name != names[-1] else f" {name}"
        if len(lines[-1]) + len(word) > WIDTH:
            lines.append(" ")
        lines[-1] += word
    return lines


def _section(service: str) -> list[str]:
    from identity.analyzers import OPERATIONS as OF_ANALYZERS

    if service == "accessanalyzer":
        return [f"## {service}", "", *_wrapped("Added", list(OF_ANALYZERS)), ""]
    added, replaced, moto = _operations(service)
    return [
        f"## {service}",
        "",
        *_wrapped("Added", added),
        *_wrapped("Replaced", replaced),
        *_wrapped("Changed in moto", [f"`{name}`" for name in _changed(service)]),
        *_wrapped("From moto", moto),
        "",
    ]


def _resource_types() -> list[str]:
    from moto.cloudformation import parsing

    from resources.types import Declared, registered_types

    entries = registered_types()
    own = sorted(name for name, entry in entries.items() if not isinstance(entry, Declared))
    declared = sorted(name for name, entry in entries.items() if isinstance(entry, Declared))
    # Two entries of moto's map are not types: those of its abstract classes.
    moto = sorted(name for name in parsing.get_model_map() if name.startswith("AWS::") and "SERVICE" not in name)
    return [
        "## CloudFormation resource types",
        "",
        "The emulator refuses a template with any other type. `AWS::Lambda::Url` fails in every template.",
        "",
        *_wrapped("Of the emulator", [name.replace("Custom::", "`Custom::…`") for name in own]),
        *_wrapped("Recorded without effect", declared),
        *_wrapped("From moto", [name for name in moto if name not in entries]),
    ]


def main() -> None:
    world.install("2026-01-01T00:00:00Z")
    sections = [line for service in SERVICES for line in _section(service)]
    page = "\n".join([HEAD, *sections, *_resource_types()]) + "\n"
    if "--write" in sys.argv:
        PAGE.write_text(page, encoding="utf-8")
    else:
        sys.stdout.write(page)


if __name__ == "__main__":
    main()
