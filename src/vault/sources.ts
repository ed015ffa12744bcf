import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { NAMES } from '../contract/names';

/** The table of accounts that the vault accepted, and of decisions of operators. The steps of the vault trust this table, not the
 * registry that `follow-sources` read. */
export class VaultSourcesTable extends Construct {
  readonly tableArn: string;
  readonly tableName: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const table = new Table(this, 'Table', {
      tableName: NAMES.sourcesTable,
      partitionKey: { name: 'account', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.tableArn = table.tableArn;
    this.tableName = table.tableName;
  }
}
