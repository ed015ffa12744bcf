import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { type BucketLocationConstraint, CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { CloudAssembly, CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { CheckvalveError } from '../../contract/errors';
import type { Emulator } from '../../emulator/emulator';
import { executionRoleOf } from '../../management/execution-role/execution-role';

/** A CloudFormation template, as a test alters it. */
export interface AlterableTemplate {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
}

/** Changes synthesized templates in place; keyed by file name without `.template.json`. */
export type Alter = (templates: Readonly<Record<string, AlterableTemplate>>) => void;

interface FileAsset {
  readonly source: { readonly path?: string; readonly packaging?: string };
  readonly destinations: Readonly<Record<string, { bucketName: string; objectKey: string }>>;
}

const ENDING = '.template.json';
const CAPABILITIES = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'] as const;

/** Lets a test change the templates of an assembly: those of its stacks, and what a StackSet pushes. */
export function alterTemplates({ directory }: CloudAssembly, alter: Alter): void {
  const files = readdirSync(directory).filter((name) => name.endsWith(ENDING));
  const read = (name: string) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as AlterableTemplate;
  const templates = Object.fromEntries(files.map((name) => [name.slice(0, -ENDING.length), read(name)]));
  alter(templates);
  for (const [name, template] of Object.entries(templates)) {
    const text = JSON.stringify(template);
    const pushed = name.endsWith('.stackset') && text !== JSON.stringify(read(name + ENDING));
    writeFileSync(join(directory, name + ENDING), text);
    if (pushed) rename(directory, name + ENDING, text);
  }
}

/** Publishes the template of a StackSet under another name, as the CDK does: the name of an asset is the digest of its content. */
function rename(directory: string, path: string, text: string): void {
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  const manifests = files.filter((name) => name.endsWith('.assets.json')).map((name) => JSON.parse(read(name)));
  const assets = manifests.flatMap(({ files: listed = {} }: { files?: Record<string, FileAsset> }) =>
    Object.values(listed),
  );
  const destinations = assets
    .filter(({ source }) => source.path === path)
    .flatMap((one) => Object.values(one.destinations));
  const name = `${createHash('sha256').update(text).digest('hex')}.json`;
  for (const { objectKey } of destinations) {
    for (const file of files.filter((one) => one !== path && read(one).includes(objectKey))) {
      writeFileSync(join(directory, file), read(file).replaceAll(objectKey, name));
    }
  }
}

/** Vault, management, tooling: a principal exists before the policies that name it. */
export function inOrder({ stacks }: CloudAssembly): CloudFormationStackArtifact[] {
  const rank = ({ stackName }: CloudFormationStackArtifact) =>
    /^vault/i.test(stackName) ? 0 : /^management/i.test(stackName) ? 1 : 2;
  return [...stacks].sort((a, b) => rank(a) - rank(b));
}

/** Deploys stacks into an emulated world as the CDK CLI would: assets into buckets, templates by URL. */
export class Deployment {
  private readonly buckets = new Set<string>();

  /** @param roleProperty whether AWS accepts the template of an execution role on AWS::CloudFormation::StackSet: an
   * assumption, see docs/adr/0028 */
  constructor(
    private readonly emulator: Emulator,
    private readonly roleProperty: 'taken' | 'refused' = 'taken',
  ) {}

  /**
   * Deploys one stack into the account and Region it was synthesized for.
   * @throws CheckvalveError `REHEARSAL_FAILED` with CloudFormation's reason when the stack is not complete
   */
  async deploy(stack: CloudFormationStackArtifact): Promise<void> {
    const { account, region } = stack.environment;
    await this.publish(stack);
    const cloudformation = new CloudFormationClient(this.emulator.client(account, region));
    const { stackName: StackName } = stack;
    try {
      await cloudformation.send(
        new CreateStackCommand({
          StackName,
          ...templateOf(stack),
          Capabilities: [...CAPABILITIES],
          DisableRollback: true,
          EnableTerminationProtection: stack.terminationProtection === true,
        }),
      );
    } catch (cause) {
      throw failed(StackName, account, cause instanceof Error ? cause.message : String(cause), cause);
    }
    await complete(cloudformation, stack, 'CREATE_COMPLETE');
  }

  /** Updates a deployed stack to its template. @throws CheckvalveError `REHEARSAL_FAILED`, as {@link deploy} */
  async update(stack: CloudFormationStackArtifact): Promise<void> {
    const { account, region } = stack.environment;
    await this.publish(stack);
    const cloudformation = new CloudFormationClient(this.emulator.client(account, region));
    const change = { StackName: stack.stackName, ...templateOf(stack), Capabilities: [...CAPABILITIES] };
    await cloudformation.send(new UpdateStackCommand(change));
    await complete(cloudformation, stack, 'UPDATE_COMPLETE');
  }

  private async publish(stack: CloudFormationStackArtifact): Promise<void> {
    const { account, region } = stack.environment;
    const { directory } = stack.assembly;
    const manifest = join(directory, `${stack.id}.assets.json`);
    if (!existsSync(manifest)) return;
    const s3 = new S3Client(this.emulator.client(account, region));
    const { files = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as { files?: Record<string, FileAsset> };
    for (const { source, destinations } of Object.values(files)) {
      if (!source.path || source.packaging !== 'file') {
        const what = `The asset ${source.path ?? '(made by a command)'} of ${stack.stackName} is not one file`;
        throw new CheckvalveError('REHEARSAL_FAILED', what, 'Checkvalve’s templates carry their code inline.');
      }
      for (const { bucketName, objectKey } of Object.values(destinations)) {
        const Bucket = filled(bucketName, stack);
        await this.bucket(s3, Bucket, region);
        const Body = readFileSync(join(directory, source.path));
        if (source.path.endsWith(`.stackset${ENDING}`))
          await this.authorizeBy(JSON.parse(String(Body)) as AlterableTemplate);
        await s3.send(new PutObjectCommand({ Bucket, Key: filled(objectKey, stack), Body }));
      }
    }
  }

  /** The role that deploys the tooling in members has exactly the permissions that the template needs. */
  private async authorizeBy({ Resources }: AlterableTemplate): Promise<void> {
    await this.emulator.setExecutionRole({ ...executionRoleOf(Resources), property: this.roleProperty });
  }

  private async bucket(s3: S3Client, Bucket: string, region: string): Promise<void> {
    if (this.buckets.has(Bucket)) return;
    const at = region === 'us-east-1' ? {} : { LocationConstraint: region as BucketLocationConstraint };
    const create = { Bucket, ...('LocationConstraint' in at ? { CreateBucketConfiguration: at } : {}) };
    await s3.send(new CreateBucketCommand(create)).catch((error: Error) => {
      if (error.name !== 'BucketAlreadyOwnedByYou') throw error;
    });
    this.buckets.add(Bucket);
  }
}

const failed = (stack: string, account: string, reason: string, cause?: unknown) =>
  new CheckvalveError(
    'REHEARSAL_FAILED',
    `${stack} could not be deployed in ${account}: ${reason}`,
    'Correct the stack.',
    {
      cause,
    },
  );

function filled(text: string, { environment: { account, region } }: CloudFormationStackArtifact): string {
  return text
    .replaceAll('${AWS::AccountId}', account)
    .replaceAll('${AWS::Region}', region)
    .replaceAll('${AWS::Partition}', 'aws');
}

/** By URL where the template was published, else as text. */
function templateOf(stack: CloudFormationStackArtifact): { TemplateURL: string } | { TemplateBody: string } {
  const published = stack.stackTemplateAssetObjectUrl;
  if (!published) return { TemplateBody: readFileSync(stack.templateFullPath, 'utf8') };
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(filled(published, stack)) ?? [];
  return { TemplateURL: `https://${bucket}.s3.${stack.environment.region}.amazonaws.com/${key}` };
}

async function complete(
  cloudformation: CloudFormationClient,
  { stackName: StackName, environment: { account } }: CloudFormationStackArtifact,
  wanted: string,
): Promise<void> {
  const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
  const status = Stacks?.[0]?.StackStatus ?? 'unknown';
  if (status === wanted) return;
  const { StackEvents = [] } = await cloudformation.send(new DescribeStackEventsCommand({ StackName }));
  const first = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED')).at(-1);
  const reason = first ? `${first.LogicalResourceId}: ${first.ResourceStatusReason}` : Stacks?.[0]?.StackStatusReason;
  throw failed(StackName, account, `${status}. ${reason ?? 'no reason given'}`);
}
