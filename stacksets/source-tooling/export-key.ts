import { Aws, CfnCondition, CfnParameter, Fn, type IResolvable, RemovalPolicy } from 'aws-cdk-lib';
import { AccountPrincipal, AccountRootPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { type AccountId, KEY_ID, type Region } from '../../src/contract/ids';
import { COPY_KEY_ACTIONS, NAMES, roleArn, roleNames } from '../../src/contract/names';

/** The account may manage the key; the role of `import-copies` may copy with it. */
function keyPolicy(vaultAccount: AccountId): PolicyDocument {
  // The account with a condition, not the role: KMS refuses a policy with a role that does not exist yet.
  // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
  const importer = {
    'aws:PrincipalArn': roleArn(vaultAccount, roleNames.vaultStep('import-copies', Aws.REGION as Region)),
  };
  const vault = [new AccountPrincipal(vaultAccount)];
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: 'OwnAccount',
        principals: [new AccountRootPrincipal()],
        actions: ['kms:*'],
        resources: ['*'],
      }),
      new PolicyStatement({
        sid: 'VaultCopies',
        principals: vault,
        actions: [...COPY_KEY_ACTIONS],
        resources: ['*'],
        conditions: { StringEquals: importer },
      }),
      new PolicyStatement({
        sid: 'VaultGrantsToAwsServices',
        principals: vault,
        actions: ['kms:CreateGrant'],
        resources: ['*'],
        conditions: { StringEquals: importer, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      }),
    ],
  });
}

/**
 * The key of export copies. The role of `import-copies` may use it to copy, and for nothing else. It is retained, because copies
 * under it are retained. It has no alias, because a retained alias would block the new one when the account is enrolled again.
 */
export class ExportKey extends Construct {
  readonly keyId: string;
  readonly keyArn: string;
  /** Ids of the keys that this key replaced in this account and Region, separated by commas. */
  readonly previousIds: string;
  /** The id of this key and those ids: a snapshot with any of them as its tag is exported. A list that CloudFormation resolves. */
  readonly acceptedIds: IResolvable;

  constructor(scope: Construct, id: string, { vaultAccount }: { readonly vaultAccount: AccountId }) {
    super(scope, id);
    const key = new Key(this, 'Key', {
      description: 'Checkvalve: encrypts export copies',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
      policy: keyPolicy(vaultAccount),
    });
    this.keyId = key.keyId;
    this.keyArn = key.keyArn;
    const previous = new CfnParameter(this, 'PreviousIds', {
      type: 'String',
      default: '',
      description:
        'Ids of export keys that were replaced here: snapshots with these ids are still exported (docs/keys.md)',
      allowedPattern: `^(${KEY_ID}(,${KEY_ID}){0,9})?$`,
      constraintDescription: 'up to ten ids of keys, separated by commas without spaces',
    });
    previous.overrideLogicalId(NAMES.previousKeyIds);
    const given = new CfnCondition(this, 'Replaced', {
      expression: Fn.conditionNot(Fn.conditionEquals(previous.valueAsString, '')),
    });
    const all = Fn.split(',', Fn.join(',', [key.keyId, previous.valueAsString]));
    this.previousIds = previous.valueAsString;
    this.acceptedIds = Fn.conditionIf(given.logicalId, all, [key.keyId]);
  }
}
