/** A resource that CloudFormation retains when it deletes the stack. */
export interface RetainedResource {
  readonly account: string;
  /** CloudFormation's type, or a description where there is no single type. */
  readonly type: string;
  /** The physical id, or the logical id where only the template is known. */
  readonly id: string;
  readonly because: string;
}

/** Why resources of a type are retained. */
const REASONS: Readonly<Record<string, string>> = {
  'AWS::KMS::Key': 'copies and other data that are encrypted under it can be read only with it',
  'AWS::Backup::BackupVault': 'it contains recovery points until they expire',
  'AWS::IAM::Role': 'AWS Backup needs it to expire recovery points',
  'AWS::DynamoDB::Table': 'it records the enrolled or followed accounts',
  'AWS::S3::Bucket': 'it contains the evidence',
  'AWS::SQS::Queue': 'it contains notifications about copies that were not imported',
};

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly DeletionPolicy?: string }>>;
}

/**
 * The resources that CloudFormation retains when it deletes a stack with this template.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 * @param physicalIds by logical id; a resource without one does not exist
 */
export function retainedResources(
  account: string,
  template: string,
  physicalIds?: Readonly<Record<string, string | undefined>>,
): RetainedResource[] {
  const { Resources } = JSON.parse(template) as Template;
  return Object.entries(Resources).flatMap(([logicalId, { Type, DeletionPolicy = '' }]) => {
    const id = physicalIds ? physicalIds[logicalId] : logicalId;
    if (!DeletionPolicy.startsWith('Retain') || !id) return [];
    return [{ account, type: Type, id, because: REASONS[Type] ?? 'its template has DeletionPolicy Retain' }];
  });
}
