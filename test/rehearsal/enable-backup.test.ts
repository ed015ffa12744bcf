import { DescribeRegionSettingsCommand, UpdateRegionSettingsCommand } from '@aws-sdk/client-backup';
import { CreateStackCommand, DescribeStacksCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { config } from '../../src/checkvalve.config';
import { Authorizer } from '../../src/rehearsal/host/authorizer';
import { EventPump } from '../../src/rehearsal/host/event-pump';
import { failureOf, type Invocation } from '../../src/rehearsal/host/invocation';
import { LambdaHost } from '../../src/rehearsal/host/lambda-host';
import { worldOf } from '../../src/rehearsal/world';
import { clients, SOURCE, useEmulator } from '../src/emulator/emulator-world';
import { resourcesOf, templatesOf } from '../support/synthesized';

// The deployed bundle runs as CloudFormation's custom resource: it is woken with CloudFormation's event, asks AWS Backup
// over HTTP under its own role, and puts its answer to the URL of the event.

const emulator = useEmulator();
jest.setTimeout(60_000);
const STACK = 'StackSet-source-tooling-tried';
const template = (serviceOptIn: 'report' | 'set') => {
  const { source } = templatesOf({ ...config, backup: { ...config.backup, serviceOptIn } });
  return source;
};
let [reporting, setting] = ['', ''];
beforeAll(() => {
  [reporting, setting] = [template('report'), template('set')];
}, 60_000);

let host: LambdaHost;
let pump: EventPump;
let invocations: Invocation[] = [];
beforeEach(() => {
  invocations = [];
  const authorizer = new Authorizer(emulator(), worldOf(config));
  host = new LambdaHost({ endpoint: emulator().endpoint, authorize: authorizer.call });
  pump = new EventPump(emulator(), host, {
    authorizeInvocation: authorizer.invocation,
    onInvocation: (invocation) => void invocations.push(invocation),
  });
});
afterEach(() => host.stop());

const source = () => clients(emulator(), SOURCE);
const CAPABILITIES = ['CAPABILITY_NAMED_IAM' as const];
const create = (TemplateBody: string) =>
  source().cloudformation.send(new CreateStackCommand({ StackName: STACK, TemplateBody, Capabilities: CAPABILITIES }));
const update = (TemplateBody: string) =>
  source().cloudformation.send(new UpdateStackCommand({ StackName: STACK, TemplateBody, Capabilities: CAPABILITIES }));
const optIn = async () =>
  (await source().backup.send(new DescribeRegionSettingsCommand({}))).ResourceTypeOptInPreference ?? {};
const switchOff = (...services: string[]) =>
  source().backup.send(
    new UpdateRegionSettingsCommand({
      ResourceTypeOptInPreference: Object.fromEntries(services.map((service) => [service, false])),
    }),
  );
async function output(): Promise<string | undefined> {
  const { Stacks } = await source().cloudformation.send(new DescribeStacksCommand({ StackName: STACK }));
  return Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'ServiceOptIn')?.OutputValue;
}
const problems = async () => (await emulator().problems()).map(({ kind, detail }) => `${kind}: ${detail}`);
const calls = () => invocations.flatMap((invocation) => invocation.calls.map(({ action }) => action));

test('with report, the services that are off are an output of the stack, and no setting changes', async () => {
  await switchOff('Neptune', 'S3');
  const before = await optIn();
  await create(reporting);
  expect(await output()).toBeFalsy();
  await pump.untilQuiet();
  expect(invocations.map(failureOf)).toEqual([undefined]);
  expect(await output()).toBe('RDS on, Aurora on, DocumentDB on, Neptune off');
  expect(calls()).toEqual(['DescribeRegionSettings']);
  expect(await optIn()).toEqual(before);
  expect(await emulator().customResources()).toMatchObject([
    { asked: 'Create', status: 'SUCCESS', data: { Off: 'Neptune' } },
  ]);
});

test('with set, databases are opted in, other services stay unchanged, and the daily check passes', async () => {
  await switchOff('Aurora', 'Neptune', 'S3', 'EFS');
  const before = await optIn();
  await create(setting);
  await pump.untilQuiet();
  expect(await output()).toBe('RDS on, Aurora switched-on, DocumentDB on, Neptune switched-on');
  expect(await optIn()).toEqual({ ...before, Aurora: true, Neptune: true });
  expect(calls()).toEqual(['DescribeRegionSettings', 'UpdateRegionSettings']);
  expect(await pump.fire('checkvalve-enable-backup')).toBe(1);
  expect(calls().slice(2)).toEqual(['DescribeRegionSettings']);
});

test('when AWS Backup refuses to answer, a report does not fail the rollout', async () => {
  await emulator().plantFaults([
    { action: 'DescribeRegionSettings', code: 'AccessDeniedException', status: 403, times: 9 },
  ]);
  await create(reporting);
  await pump.untilQuiet();
  expect(await output()).toBe('RDS unknown, Aurora unknown, DocumentDB unknown, Neptune unknown');
  expect(await problems()).toEqual([]);
});

test('a change from report to set is applied; when AWS refuses it, CloudFormation receives the reason', async () => {
  await switchOff('Aurora');
  await create(reporting);
  await pump.untilQuiet();
  await emulator().plantFaults([
    { action: 'UpdateRegionSettings', code: 'AccessDeniedException', status: 403, times: 9 },
  ]);
  await update(setting);
  await pump.untilQuiet();
  expect(await problems()).toEqual([expect.stringMatching(/^custom-resource-failed: .*AccessDeniedException/)]);
  expect(await optIn()).toMatchObject({ Aurora: false });
});

test('a deletion is answered although AWS refuses every call, and changes no setting', async () => {
  await create(setting);
  await pump.untilQuiet();
  const before = await optIn();
  await emulator().plantFaults(
    ['DescribeRegionSettings', 'UpdateRegionSettings'].map((action) => ({
      action,
      code: 'AccessDeniedException',
      status: 403,
      times: 9,
    })),
  );
  const [resource] = await emulator().customResources();
  const functions = await emulator().functions();
  await host.deploy(functions);
  const arn = functions.find(({ name }) => name === 'checkvalve-enable-backup')?.arn ?? '';
  const event = {
    RequestType: 'Delete',
    ResponseURL: `${emulator().endpoint}/_checkvalve/custom-resource`,
    StackId: resource?.stackId,
    RequestId: 'r-1',
    LogicalResourceId: resource?.logicalId,
    ResourceProperties: {},
  };
  const gone = await host.invoke(arn, event, await emulator().now());
  expect(failureOf(gone)).toBeUndefined();
  expect(gone.calls).toEqual([]);
  expect(await emulator().customResources()).toMatchObject([{ status: 'SUCCESS' }]);
  await emulator().clearFaults();
  expect(await optIn()).toEqual(before);
});

test('a role that only reports cannot set', () => {
  const rights = (text: string) =>
    JSON.stringify(Object.values(resourcesOf(text)).filter(({ Type }) => Type === 'AWS::IAM::Role'));
  expect(rights(reporting)).not.toContain('UpdateRegionSettings');
  expect(rights(setting)).toContain('UpdateRegionSettings');
});
