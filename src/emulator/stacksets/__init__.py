"""CloudFormation StackSets: operations across accounts and Regions."""
