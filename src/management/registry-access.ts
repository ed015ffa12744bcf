import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { documentOf } from '../constructs/permissions';
import { registryAccessOf } from '../contract/cells';
import { accountId, type Region } from '../contract/ids';
import { roleArn, roleNames } from '../contract/names';
import type { RegistryTable } from './registry';

/** What the access role needs. */
export interface RegistryAccessProps {
  readonly config: CheckvalveConfig;
  readonly registry: RegistryTable;
}

/** The access role that lets the vault of a cell read the registry and nothing else. Only the steps that need it can assume it. */
export class RegistryAccessRole extends Construct {
  constructor(scope: Construct, id: string, { config, registry }: RegistryAccessProps) {
    super(scope, id);
    const vault = accountId(config.vault.account);
    // `follow-sources` accepts accounts of the registry; `report-coverage` reports accounts that are not accepted yet. `*` stands
    // for the Region: a trust policy has at most 2,048 characters, which do not suffice for two roles in each of many Regions.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    const readers = ['follow-sources', 'report-coverage'].map((step) =>
      roleArn(vault, roleNames.vaultStep(step, '*' as Region)),
    );
    new Role(this, 'Role', {
      roleName: registryAccessOf(config.cell),
      description: 'Checkvalve: the vault reads which accounts are enrolled',
      assumedBy: new AccountPrincipal(vault).withConditions({ ArnLike: { 'aws:PrincipalArn': readers } }),
      inlinePolicies: {
        accessRole: documentOf([{ sid: 'ReadRegistry', actions: ['dynamodb:Scan'], resources: [registry.tableArn] }]),
      },
    });
  }
}
