import { Aws } from 'aws-cdk-lib';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type Allowance, documentOf, explainWildcards, readSnapshots } from '../../src/constructs/permissions';
import type { AccountId, Region } from '../../src/contract/ids';
import { NAMES, roleArn, roleNames } from '../../src/contract/names';
import type { ExportKey } from './export-key';
import type { ExportMemoryTable } from './export-memory';

/** Who looks through the access role, and what else there is to be seen. */
export interface CoverageAccessProps {
  readonly vaultAccount: AccountId;
  readonly key: ExportKey;
  readonly memory: ExportMemoryTable;
}

/**
 * The access role through which the vault's coverage looks into this account: what databases there are, and what became of their
 * backups. It lets nothing be changed; it is not the importer's access role, since who reads all need not be able to mark anything.
 */
export class CoverageAccess extends Construct {
  constructor(scope: Construct, id: string, { vaultAccount, key, memory }: CoverageAccessProps) {
    super(scope, id);
    const region = Aws.REGION as Region;
    const rds = `arn:aws:rds:${region}:${Aws.ACCOUNT_ID}`;
    const teller = roleArn(vaultAccount, roleNames.vaultStep('report-coverage', region));
    // In all Regions: coverage names production databases in those that no vault covers.
    const everywhere = `arn:aws:rds:*:${Aws.ACCOUNT_ID}`;
    const because = 'A database that no plan names is the very one that is looked for, whichever its Region.';
    const may: readonly Allowance[] = [
      { sid: 'ReadInstances', actions: ['rds:DescribeDBInstances'], resources: [`${everywhere}:db:*`], because },
      { sid: 'ReadClusters', actions: ['rds:DescribeDBClusters'], resources: [`${everywhere}:cluster:*`], because },
      ...readSnapshots(rds),
      {
        sid: 'ReadBackups',
        actions: ['backup:DescribeRegionSettings', 'backup:ListBackupJobs'],
        resources: ['*'],
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html
        because: 'AWS Backup has no resource to name for a listing of jobs, nor for the settings of a Region.',
      },
      {
        sid: 'CountDeadLetters',
        actions: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
        resources: [`arn:aws:sqs:${region}:${Aws.ACCOUNT_ID}:${NAMES.wakeupsDeadLetters}`],
      },
      // Why a snapshot is held, where AWS refuses to write it on the snapshot as a tag.
      { sid: 'ReadExportMemory', actions: ['dynamodb:Scan'], resources: [memory.tableArn] },
      // The default policy, and whether there is another: a key that RAM shares has one. None of it uses the key.
      // https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
      { sid: 'ReadKeyPolicies', actions: ['kms:GetKeyPolicy', 'kms:ListKeyPolicies'], resources: [key.keyArn] },
    ];
    const role = new Role(this, 'Role', {
      roleName: roleNames.coverageAccess(region),
      description: 'Checkvalve: the vault reads which databases there are and what became of their backups',
      assumedBy: new AccountPrincipal(vaultAccount).withConditions({ StringEquals: { 'aws:PrincipalArn': teller } }),
      inlinePolicies: { accessRole: documentOf(may) },
    });
    explainWildcards(role, may);
  }
}
