import { BackupClient } from '@aws-sdk/client-backup';
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { KMSClient } from '@aws-sdk/client-kms';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Emulator } from '../../../src/emulator/emulator';
import { emulatorOfWorker } from '../../support/worker';

export const MANAGEMENT = '444400003333';
export const SOURCE = '222200001111';
export const OTHER_SOURCE = '222200002222';
export const MISSING_TAG = '222200009999';
export const VAULT = '333300002222';
export const REGION = 'eu-central-1';
export const START = '2026-11-25T00:00:00Z';
export const PYTHON_IS_THERE_MS = 60_000;

/** The emulator of the worker for a test file, reset before each test. */
export function useEmulator(): () => Emulator {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await emulatorOfWorker(START);
  }, PYTHON_IS_THERE_MS);
  beforeEach(() => emulator.reset(START));
  afterAll(() => emulator.stop());
  return () => emulator;
}

/** SDK clients that act as an account. */
export function clients(emulator: Emulator, account: string, region = REGION) {
  const settings = { ...emulator.client(account, region), maxAttempts: 1 };
  return {
    backup: new BackupClient(settings),
    cloudformation: new CloudFormationClient(settings),
    kms: new KMSClient(settings),
    organizations: new OrganizationsClient({ ...settings, region: 'us-east-1' }),
    rds: new RDSClient(settings),
    s3: new S3Client(settings),
    sns: new SNSClient(settings),
    sqs: new SQSClient(settings),
  };
}

export type Clients = ReturnType<typeof clients>;

/** The name of the error of a call; `none` when it succeeds. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'none',
    (error: Error) => error.name,
  );
}

/** Creates a stack of those resources and resolves to its final status and outputs by key. */
export async function deploy(
  { cloudformation }: Clients,
  name: string,
  resources: Record<string, unknown>,
  outputs: Record<string, unknown> = {},
): Promise<{ status: string; reason: string; outputs: Record<string, string> }> {
  const template = {
    Resources: resources,
    Outputs: Object.fromEntries(Object.entries(outputs).map(([key, value]) => [key, { Value: value }])),
  };
  await cloudformation.send(new CreateStackCommand({ StackName: name, TemplateBody: JSON.stringify(template) }));
  const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: name }));
  const stack = Stacks?.[0];
  const values = (stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]);
  return {
    status: stack?.StackStatus ?? 'none',
    reason: stack?.StackStatusReason ?? '',
    outputs: Object.fromEntries(values),
  };
}

/** A role that a service may assume, for templates. */
export function role(service: string, name?: string): Record<string, unknown> {
  const statement = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' };
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      ...(name ? { RoleName: name } : {}),
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [statement] },
    },
  };
}

/** An inline function, for templates; it needs a resource `Role`. */
export function inlineFunction(code: string): Record<string, unknown> {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { ZipFile: code },
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Handler: 'index.handler',
      Runtime: 'nodejs22.x',
      Timeout: 60,
      MemorySize: 256,
      Environment: { Variables: { REGION: { Ref: 'AWS::Region' } } },
    },
  };
}

/** A rule that sends matching events to the function `Function`, for templates. */
export function ruleFor(pattern: Record<string, unknown>): Record<string, unknown> {
  return {
    Type: 'AWS::Events::Rule',
    Properties: { EventPattern: pattern, Targets: [{ Id: 'T', Arn: { 'Fn::GetAtt': ['Function', 'Arn'] } }] },
  };
}

/** The organization of the tests: a source in Prod under Workloads, a suspended one, and one without the tag in Other. */
export const ORGANIZATION = {
  management: MANAGEMENT,
  organizationId: 'o-abcde12345',
  rootId: 'r-ab12',
  ous: [
    { id: 'ou-ab12-11111111', name: 'Workloads', parent: 'root' },
    { id: 'ou-ab12-22222222', name: 'Prod', parent: 'Workloads' },
    { id: 'ou-ab12-33333333', name: 'Other', parent: 'root' },
  ],
  accounts: [
    { id: MANAGEMENT, name: 'management', ou: 'root' },
    { id: SOURCE, name: 'source', ou: 'Prod', tags: { environment: 'production' } },
    { id: OTHER_SOURCE, name: 'suspended', ou: 'Workloads', state: 'SUSPENDED' },
    { id: MISSING_TAG, name: 'missing-tag', ou: 'Other' },
  ],
} as const;
