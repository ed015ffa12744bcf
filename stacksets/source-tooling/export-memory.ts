import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { EXPORT_MEMORY, NAMES } from '../../src/contract/names';

/**
 * What export-snapshots remembers of AWS Backup's snapshots: that the vault has one, or why it does not. One item a
 * snapshot; DynamoDB deletes it some time after the snapshot is gone. See docs/adr/0023.
 */
export class ExportMemoryTable extends Construct {
  readonly tableArn: string;
  readonly tableName: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const table = new Table(this, 'Table', {
      // CloudFormation cannot replace a table that has a fixed name: a change of its key fails, and loses no memory.
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
      tableName: NAMES.exportMemoryTable,
      partitionKey: { name: EXPORT_MEMORY.key, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: EXPORT_MEMORY.expiresAt,
      // An account that is enrolled again has a new export key: what was exported under the old one is not exported under
      // the new one, with or without memory. A table that stayed would collide with the new one by its name.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.tableArn = table.tableArn;
    this.tableName = table.tableName;
    Validations.of(table).acknowledge({
      id: 'AwsSolutions-DDB3',
      reason: 'A lost table costs export copies that the vault knows by name, and no data: it is not worth a backup.',
    });
  }
}
