"""EventBridge, SNS, SQS and CloudWatch alarms: what sends a message, and what receives it."""
