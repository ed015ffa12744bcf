"""SQS: queues of other accounts are reached by their URL, times come from the clock, and no call waits in real time.

The rehearsal judges by the policy of the queue whether a principal of another account may reach it.
"""

from __future__ import annotations

import os
import re
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import unix_time_millis
from moto.sqs import responses as sqs_responses
from moto.sqs.models import Message, Queue, SQSBackend, sqs_backends

from clock import CLOCK

QUEUE_URL = re.compile(r"/(\d{12})/[\w.-]+$")


def queue_url(account: str, name: str) -> str:
    """The URL of a queue at this emulator: the SDK sends calls to the host in the URL."""
    return f"http://127.0.0.1:{os.environ['MOTO_PORT']}/{account}/{name}"


def queue_by_arn(arn: str) -> Queue | None:
    _, _, _, region, account, name = arn.split(":")
    return sqs_backends[account][region].queues.get(name)


def _backend(self: sqs_responses.SQSResponse) -> SQSBackend:
    url = QUEUE_URL.search(self.params.get("QueueUrl") or "") if getattr(self, "params", None) else None
    return sqs_backends[url.group(1) if url else self.current_account][self.region]


def _get_queue_url(self: sqs_responses.SQSResponse) -> ActionResult:
    owner = self.params.get("QueueOwnerAWSAccountId") or self.current_account
    queue = sqs_backends[owner][self.region].get_queue(self.params["QueueName"])
    return ActionResult({"QueueUrl": queue_url(owner, queue.name)})


def _receive_at_once(
    self: SQSBackend, queue_name: str, count: int, wait_seconds_timeout: int, visibility_timeout: int, *rest: Any
) -> list[Message]:
    # a wait of 0 seconds: the clock does not move while a call waits
    received = _receive(self, queue_name, count, 0, visibility_timeout, *rest)
    if received:
        _schedule_stop(visibility_timeout)
    return received


def _send(self: SQSBackend, queue_name: str, message_body: str, *rest: Any, **named: Any) -> Message:
    message = _moto_send(self, queue_name, message_body, *rest, **named)
    _schedule_stop((message.delayed_until - unix_time_millis()) / 1000)
    return message


def _change_visibility(self: SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int) -> None:
    _moto_change_visibility(self, queue_name, receipt_handle, visibility_timeout)
    _schedule_stop(visibility_timeout)


def _schedule_stop(seconds: float) -> None:
    """Schedules a stop of the clock at the instant at which a message can be received (again)."""
    CLOCK.after(seconds, _do_nothing)


def _do_nothing() -> None:
    pass


def _attributes(self: Queue) -> dict[str, Any]:
    """Attributes with instants in whole seconds, as on AWS."""
    attributes = _moto_attributes.fget(self)
    return {name: int(value) if name.endswith("Timestamp") else value for name, value in attributes.items()}


_receive = SQSBackend.receive_message
_moto_send = SQSBackend.send_message
_moto_change_visibility = SQSBackend.change_message_visibility
_moto_attributes: Any = Queue.attributes


def install() -> None:
    sqs_responses.SQSResponse.sqs_backend = property(_backend)
    sqs_responses.SQSResponse.get_queue_url = _get_queue_url
    SQSBackend.receive_message = _receive_at_once
    SQSBackend.send_message = _send
    SQSBackend.change_message_visibility = _change_visibility
    Queue.physical_resource_id = property(lambda queue: queue_url(queue.account_id, queue.name))
    Queue.url = lambda queue, _: queue_url(queue.account_id, queue.name)
    Queue.attributes = property(_attributes)
    # visible at the instant, not only after it: the clock may not move in between
    Message.visible = property(lambda message: unix_time_millis() >= message.visible_at)
    Queue.lambda_event_source_mappings = property(lambda _: {}, lambda *_: None)
