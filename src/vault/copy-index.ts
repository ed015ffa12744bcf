import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { COPY_INDEX, NAMES } from '../contract/names';

/**
 * The index of the vault's own copies, which `import-copies` reads in place of a listing. RDS remains the record of what the vault
 * has: the step lists its copies again from time to time, and no other step reads the index. See docs/adr/0046.
 */
export class CopyIndexTable extends Construct {
  readonly tableArn: string;
  readonly tableName: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const table = new Table(this, 'Table', {
      tableName: NAMES.copyIndexTable,
      partitionKey: { name: COPY_INDEX.key, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.tableArn = table.tableArn;
    this.tableName = table.tableName;
  }
}
