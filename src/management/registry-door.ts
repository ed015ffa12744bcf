import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { documentOf } from '../constructs/permissions';
import { accountId, region } from '../contract/ids';
import { NAMES, roleArn, roleNames } from '../contract/names';
import type { Registry } from './registry';

/** What the door opens to. */
export interface RegistryDoorProps {
  readonly config: CheckvalveConfig;
  readonly registry: Registry;
}

/** The door through which the vault reads the registry: nothing else, and nobody but the steps that need it. */
export class RegistryDoor extends Construct {
  constructor(scope: Construct, id: string, { config, registry }: RegistryDoorProps) {
    super(scope, id);
    const vault = accountId(config.vault.account);
    const readers = config.regions.flatMap((at) =>
      // One accepts what the registry says; the other tells what has not been accepted yet.
      ['follow-sources', 'tell-coverage'].map((step) => roleArn(vault, roleNames.vaultStep(step, region(at)))),
    );
    new Role(this, 'Role', {
      roleName: NAMES.registryDoor,
      description: 'Checkvalve: the vault reads which accounts are enrolled',
      assumedBy: new AccountPrincipal(vault).withConditions({ StringEquals: { 'aws:PrincipalArn': readers } }),
      inlinePolicies: {
        door: documentOf([{ sid: 'ReadRegistry', actions: ['dynamodb:Scan'], resources: [registry.tableArn] }]),
      },
    });
  }
}
