import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { NAMES } from '../contract/names';

/** The table of enrolled accounts, with one item for each. It is retained, because the vault follows the accounts in it. */
export class RegistryTable extends Construct {
  readonly tableArn: string;
  readonly tableName: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const table = new Table(this, 'Table', {
      tableName: NAMES.registryTable,
      partitionKey: { name: 'account', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.tableArn = table.tableArn;
    this.tableName = table.tableName;
  }
}
