"""KMS, STS, IAM Access Analyzer and the roles that AWS makes."""
