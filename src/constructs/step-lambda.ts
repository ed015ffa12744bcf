import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { PREFIX } from '../contract/names';
import { type Allowance, documentOf, explainWildcards } from './permissions';

/** How long a run of a step may take. */
const STEP_TIMEOUT = Duration.minutes(5);

/** How long a message stays invisible in a queue that feeds a step: six times the step's timeout, as Lambda asks for.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
export const VISIBILITY_TIMEOUT = Duration.minutes(6 * STEP_TIMEOUT.toMinutes());

/** What makes one step of the flow a function. */
export interface StepLambdaProps {
  /** Name of the step, as in the flow. */
  readonly step: string;
  /** Name of its role: other accounts name it in their policies. */
  readonly roleName: string;
  /** The bundle, as text. */
  readonly code: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What it may do; writing its own log is added. */
  readonly may: readonly Allowance[];
}

/** A step as a Lambda function: its code inline, its own role with its own statements, its own log. */
export class StepLambda extends Construct {
  readonly handler: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: StepLambdaProps) {
    super(scope, id);
    const { step, roleName, code, environment } = props;
    const functionName = `${PREFIX}-${step}`;
    const log = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: RetentionDays.ONE_YEAR,
      // A retained log would collide with the one of the same name when an account is enrolled again.
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
      // Pinned: a runtime that follows the library would change the template of every source account unasked.
      runtime: Runtime.NODEJS_24_X,
      memorySize: 512,
      timeout: STEP_TIMEOUT,
      role: this.role,
      logGroup: log,
      environment,
    });
  }
}
