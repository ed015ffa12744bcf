"""CloudFormation resource types: what each creates, updates and deletes."""
