"""CloudWatch alarms publish a change of state to their topics, as the service cloudwatch.amazonaws.com.

The emulator evaluates no metric. SetAlarmState sets a state and runs the actions of the alarm, as on AWS.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
"""

from __future__ import annotations

import json

from moto.cloudwatch.models import Alarm

from clock import CLOCK, iso
from messaging.publications import publish_as_service

SERVICE = "cloudwatch.amazonaws.com"


def _update_state(self: Alarm, reason: str, reason_data: str, state_value: str) -> None:
    before = self.state_value
    _moto_update_state(self, reason, reason_data, state_value)
    if before == state_value or not self.actions_enabled:
        return
    actions = {
        "ALARM": self.alarm_actions,
        "OK": self.ok_actions,
        "INSUFFICIENT_DATA": self.insufficient_data_actions,
    }[state_value]
    message = {
        "AlarmName": self.name,
        "AlarmDescription": self.description,
        "AWSAccountId": self.alarm_arn.split(":")[4],
        "NewStateValue": state_value,
        "NewStateReason": reason,
        "StateChangeTime": iso(CLOCK.now(), milliseconds=True),
        "Region": self.region_name,
        "AlarmArn": self.alarm_arn,
        "OldStateValue": before,
    }
    subject = f'{state_value}: "{self.name}" in {self.region_name}'[:100]
    for action in actions:
        if action.split(":")[2] == "sns":
            publish_as_service(SERVICE, self.alarm_arn, action, json.dumps(message), subject)


_moto_update_state = Alarm.update_state


def install() -> None:
    Alarm.update_state = _update_state
