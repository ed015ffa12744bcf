"""Numbers and names of AWS that several modules need."""

from __future__ import annotations

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html
# https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html#KMS-CreateKey-request-Tags
MAX_TAGS = 50
# The service principal for trusted access of StackSets.
# https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-cloudformation.html
STACKSETS_PRINCIPAL = "member.org.stacksets.cloudformation.amazonaws.com"
SECONDS_PER_DAY = 86_400
