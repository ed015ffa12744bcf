import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { PREFIX } from '../contract/names';
import { type Allowance, documentOf, explainWildcards } from './permissions';

/** How long a run of a step may take that a queue invokes. */
const STEP_TIMEOUT = Duration.minutes(5);

/** Visibility timeout of a queue that invokes a step: six times the timeout of the step, as Lambda recommends.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
export const VISIBILITY_TIMEOUT = Duration.minutes(6 * STEP_TIMEOUT.toMinutes());

/** How much a run of a step may use. */
export interface StepSize {
  readonly memoryMiB: number;
  readonly timeout: Duration;
}

const DEFAULT_SIZE: StepSize = { memoryMiB: 512, timeout: STEP_TIMEOUT };

/** For a step that a queue invokes and that now and then lists the whole vault: one vCPU. */
export const WHOLE_VAULT: StepSize = { memoryMiB: 1769, timeout: STEP_TIMEOUT };

/**
 * For a step that reads a whole cell on a schedule: as long as Lambda allows, and one vCPU. `npm run bench -- size` shows that a run in a
 * full cell uses less than half of both.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const WHOLE_CELL: StepSize = { memoryMiB: 1769, timeout: Duration.minutes(15) };

/** What a step of the flow needs to be a function. */
export interface StepLambdaProps {
  /** Name of the step, as in the flow. */
  readonly step: string;
  /** Name of its role, which policies of other accounts contain. */
  readonly roleName: string;
  /** The bundle of the step, as text. */
  readonly code: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Permissions of its role. The permission to write its log is added. */
  readonly may: readonly Allowance[];
  /** By default 512 MiB and five minutes. */
  readonly size?: StepSize;
}

/** A step of the flow as a Lambda function with inline code, a role and a log group of its own. */
export class StepLambda extends Construct {
  readonly handler: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: StepLambdaProps) {
    super(scope, id);
    const { step, roleName, code, environment, size = DEFAULT_SIZE } = props;
    const functionName = `${PREFIX}-${step}`;
    const log = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: RetentionDays.ONE_YEAR,
      // A retained log group would block the new one, which has the same name, when an account is enrolled again.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const may: Allowance[] = [
      { sid: 'WriteLog', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [log.logGroupArn] },
      ...props.may,
    ];
    this.role = new Role(this, 'Role', {
      roleName,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { step: documentOf(may) },
    });
    explainWildcards(this.role, may);
    this.handler = new LambdaFunction(this, 'Function', {
      functionName,
      code: Code.fromInline(code),
      handler: 'index.handler',
      // Pinned: a runtime that follows the CDK would change the template of every source account with each upgrade of the CDK.
      runtime: Runtime.NODEJS_24_X,
      memorySize: size.memoryMiB,
      timeout: size.timeout,
      role: this.role,
      logGroup: log,
      environment,
    });
  }
}
