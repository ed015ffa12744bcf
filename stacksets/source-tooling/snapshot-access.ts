import { Aws } from 'aws-cdk-lib';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type Allowance, documentOf, explainWildcards, readSnapshots } from '../../src/constructs/permissions';
import type { AccountId, Region } from '../../src/contract/ids';
import { PREFIX, roleArn, roleNames, TAGS } from '../../src/contract/names';

/** The access role that `import-copies` assumes to read snapshots, and to tag export copies as copied or held, in this account. */
export class SnapshotAccess extends Construct {
  constructor(scope: Construct, id: string, { vaultAccount }: { readonly vaultAccount: AccountId }) {
    super(scope, id);
    const region = Aws.REGION as Region;
    const rds = `arn:aws:rds:${region}:${Aws.ACCOUNT_ID}`;
    const importer = roleArn(vaultAccount, roleNames.vaultStep('import-copies', region));
    const may: readonly Allowance[] = [
      ...readSnapshots(rds),
      {
        sid: 'MarkExportCopies',
        actions: ['rds:AddTagsToResource'],
        resources: [`${rds}:snapshot:${PREFIX}-*`, `${rds}:cluster-snapshot:${PREFIX}-*`],
        when: {
          StringEquals: { [`aws:ResourceTag/${TAGS.role}`]: 'export' },
          'ForAllValues:StringEquals': { 'aws:TagKeys': [TAGS.importedAt, TAGS.held] },
          Null: { 'aws:TagKeys': 'false' },
        },
        because:
          'The name of a copy contains its snapshot, which is not known at deployment: the prefix and the tag are required.',
      },
    ];
    const role = new Role(this, 'Role', {
      roleName: roleNames.snapshotAccess(region),
      description: 'Checkvalve: the vault reads snapshots and tags export copies that it has copied',
      assumedBy: new AccountPrincipal(vaultAccount).withConditions({ StringEquals: { 'aws:PrincipalArn': importer } }),
      inlinePolicies: { accessRole: documentOf(may) },
    });
    explainWildcards(role, may);
  }
}
