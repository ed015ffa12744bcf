"""Alarms, dashboards and organization policies, as CloudFormation creates and updates them."""

from __future__ import annotations

import json
from typing import Any

from moto.cloudwatch.models import Dimension, Metric, MetricDataQuery, MetricStat, cloudwatch_backends
from moto.organizations.models import organizations_backends

from resources.types import Place, Resource, ResourceType, resource_type, tags_of, truthy


def _query(query: dict[str, Any]) -> MetricDataQuery:
    stat = query.get("MetricStat")
    metric = stat and Metric(
        stat["Metric"]["MetricName"],
        stat["Metric"]["Namespace"],
        [Dimension(item["Name"], item["Value"]) for item in stat["Metric"].get("Dimensions") or []],
    )
    return MetricDataQuery(
        query["Id"],
        query.get("Label"),
        query.get("Period"),
        truthy(query.get("ReturnData", True)),
        query.get("Expression"),
        stat and MetricStat(metric, stat["Period"], stat["Stat"], stat.get("Unit")),
    )


@resource_type("AWS::CloudWatch::Alarm")
class Alarm(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        name = place.name(properties.get("AlarmName"), 255)
        arn = f"arn:aws:cloudwatch:{place.region}:{place.account}:alarm:{name}"
        return self.update(place, Resource(name, {"Arn": arn}), properties, {})

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        cloudwatch_backends[place.account][place.region].put_metric_alarm(
            name=resource.physical_resource_id,
            namespace=properties.get("Namespace"),
            metric_name=properties.get("MetricName"),
            comparison_operator=properties["ComparisonOperator"],
            evaluation_periods=int(properties["EvaluationPeriods"]),
            period=properties.get("Period"),
            threshold=properties.get("Threshold"),
            statistic=properties.get("Statistic"),
            description=properties.get("AlarmDescription"),
            dimensions=properties.get("Dimensions") or [],
            alarm_actions=properties.get("AlarmActions", []),
            ok_actions=properties.get("OKActions", []),
            insufficient_data_actions=properties.get("InsufficientDataActions", []),
            metric_data_queries=[_query(query) for query in properties.get("Metrics", [])],
            datapoints_to_alarm=properties.get("DatapointsToAlarm"),
            extended_statistic=properties.get("ExtendedStatistic"),
            unit=properties.get("Unit"),
            actions_enabled=truthy(properties.get("ActionsEnabled", True)),
            treat_missing_data=properties.get("TreatMissingData"),
            threshold_metric_id=properties.get("ThresholdMetricId"),
        )
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        cloudwatch_backends[place.account][place.region].delete_alarms([resource.physical_resource_id])


@resource_type("AWS::CloudWatch::Dashboard")
class Dashboard(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        return self.update(place, Resource(place.name(properties.get("DashboardName"), 255)), properties, {})

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        cloudwatch_backends[place.account][place.region].put_dashboard(
            resource.physical_resource_id, properties["DashboardBody"]
        )
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        cloudwatch_backends[place.account][place.region].delete_dashboards([resource.physical_resource_id])


@resource_type("AWS::Organizations::Policy")
class OrganizationPolicy(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        backend = organizations_backends[place.account]["aws"]
        content = properties["Content"]
        made = backend.create_policy(
            Name=properties["Name"],
            Type=properties["Type"],
            Description=properties.get("Description", ""),
            Content=content if isinstance(content, str) else json.dumps(content),
            Tags=[{"Key": key, "Value": value} for key, value in tags_of(properties).items()],
        )["Policy"]["PolicySummary"]
        for target in properties.get("TargetIds", []):
            backend.attach_policy(PolicyId=made["Id"], TargetId=target)
        return Resource(made["Id"], {"Id": made["Id"], "Arn": made["Arn"]})

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        backend, content = organizations_backends[place.account]["aws"], properties["Content"]
        backend.update_policy(
            PolicyId=resource.physical_resource_id,
            Name=properties["Name"],
            Description=properties.get("Description", ""),
            Content=content if isinstance(content, str) else json.dumps(content),
        )
        before, after = set(old.get("TargetIds", [])), set(properties.get("TargetIds", []))
        for target in before - after:
            backend.detach_policy(PolicyId=resource.physical_resource_id, TargetId=target)
        for target in after - before:
            backend.attach_policy(PolicyId=resource.physical_resource_id, TargetId=target)
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        backend = organizations_backends[place.account]["aws"]
        for target in properties.get("TargetIds", []):
            backend.detach_policy(PolicyId=resource.physical_resource_id, TargetId=target)
        backend.delete_policy(PolicyId=resource.physical_resource_id)
