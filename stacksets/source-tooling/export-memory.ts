import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { EXPORT_MEMORY, NAMES } from '../../src/contract/names';

/**
 * The export memory: one item for each snapshot of AWS Backup, which records that the vault has it, or why it does not. DynamoDB
 * deletes an item some time after the snapshot is deleted. See docs/adr/0023.
 */
export class ExportMemoryTable extends Construct {
  readonly tableArn: string;
  readonly tableName: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const table = new Table(this, 'Table', {
      // CloudFormation cannot replace a table with a fixed name: a change of its key fails and deletes no items.
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
      tableName: NAMES.exportMemoryTable,
      partitionKey: { name: EXPORT_MEMORY.key, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: EXPORT_MEMORY.expiresAt,
      // An account that is enrolled again has a new export key, and snapshots of the old key are not exported, with or without
      // this table. A retained table would block the new one, which has the same name.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.tableArn = table.tableArn;
    this.tableName = table.tableName;
    Validations.of(table).acknowledge({
      id: 'AwsSolutions-DDB3',
      reason:
        'Without the table, snapshots are exported again and the vault recognizes the copies by name: no data is lost.',
    });
  }
}
