"""CloudFormation stacks: deploys templates, and rolls back."""
