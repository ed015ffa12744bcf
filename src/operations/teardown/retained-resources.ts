/** Something that outlives its stack. */
export interface RetainedResource {
  readonly account: string;
  /** Type of CloudFormation, or words where there is no single one. */
  readonly type: string;
  /** Its physical id; a logical id where only the template is known. */
  readonly id: string;
  readonly because: string;
}

/** Why a type is retained; what is not in here is retained for a reason that nobody has written down yet. */
const REASONS: Readonly<Record<string, string>> = {
  'AWS::KMS::Key': 'what is encrypted under it, copies among it, can be read with it alone',
  'AWS::Backup::BackupVault': 'it holds recovery points until each is past its term',
  'AWS::IAM::Role': 'AWS Backup needs it to let recovery points expire',
  'AWS::DynamoDB::Table': 'it is the record of who was enrolled or followed',
  'AWS::S3::Bucket': 'it holds the evidence',
  'AWS::SQS::Queue': 'what was announced and not yet taken stands in it',
};

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly DeletionPolicy?: string }>>;
}

/**
 * What CloudFormation leaves where it deletes a stack of this template.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 * @param physicalIds by logical id; a resource without one is not there
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
    return [{ account, type: Type, id, because: REASONS[Type] ?? 'its template says Retain' }];
  });
}
