import { Aws } from 'aws-cdk-lib';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type Allowance, documentOf, explainWildcards, readSnapshots } from '../../src/constructs/permissions';
import type { AccountId, Region } from '../../src/contract/ids';
import { NAMES, roleArn, roleNames } from '../../src/contract/names';
import type { ExportKey } from './export-key';
import type { ExportMemoryTable } from './export-memory';

/** What the access role needs. */
export interface CoverageAccessProps {
  readonly vaultAccount: AccountId;
  readonly key: ExportKey;
  readonly memory: ExportMemoryTable;
}

/**
 * The access role that `report-coverage` assumes to read databases and the state of their backups in this account. It cannot
 * change anything: a step that reads everything must not be able to tag copies, so that it does not share the role of
 * `import-copies`.
 */
export class CoverageAccess extends Construct {
  constructor(scope: Construct, id: string, { vaultAccount, key, memory }: CoverageAccessProps) {
    super(scope, id);
    const region = Aws.REGION as Region;
    const rds = `arn:aws:rds:${region}:${Aws.ACCOUNT_ID}`;
    const reporter = roleArn(vaultAccount, roleNames.vaultStep('report-coverage', region));
    // In all Regions: `report-coverage` reports production databases in Regions without a vault.
    const everywhere = `arn:aws:rds:*:${Aws.ACCOUNT_ID}`;
    const because = 'The report must contain databases that no plan selects, in all Regions.';
    const may: readonly Allowance[] = [
      { sid: 'ReadInstances', actions: ['rds:DescribeDBInstances'], resources: [`${everywhere}:db:*`], because },
      { sid: 'ReadClusters', actions: ['rds:DescribeDBClusters'], resources: [`${everywhere}:cluster:*`], because },
      ...readSnapshots(rds),
      {
        sid: 'ReadBackups',
        actions: ['backup:DescribeRegionSettings', 'backup:ListBackupJobs'],
        resources: ['*'],
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html
        because: 'AWS Backup supports no resources for listing jobs or for the settings of a Region.',
      },
      {
        sid: 'CountDeadLetters',
        actions: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
        resources: [`arn:aws:sqs:${region}:${Aws.ACCOUNT_ID}:${NAMES.wakeupsDeadLetters}`],
      },
      // Has the verdict of a snapshot where AWS refuses to tag the snapshot.
      { sid: 'ReadExportMemory', actions: ['dynamodb:Scan'], resources: [memory.tableArn] },
      // The default policy, and whether there is another, as on a key that RAM shares. Neither action uses the key.
      // https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
      { sid: 'ReadKeyPolicies', actions: ['kms:GetKeyPolicy', 'kms:ListKeyPolicies'], resources: [key.keyArn] },
    ];
    const role = new Role(this, 'Role', {
      roleName: roleNames.coverageAccess(region),
      description: 'Checkvalve: the vault reads databases and the state of their backups',
      assumedBy: new AccountPrincipal(vaultAccount).withConditions({ StringEquals: { 'aws:PrincipalArn': reporter } }),
      inlinePolicies: { accessRole: documentOf(may) },
    });
    explainWildcards(role, may);
  }
}
