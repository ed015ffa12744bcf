import { CfnPolicy } from 'aws-cdk-lib/aws-organizations';
import { Construct } from 'constructs';
import { CheckvalveError } from '../contract/errors';
import { guardrailPolicies } from './guardrail-policies';

/** The units that the guardrails are attached to, and the exempt roles. */
export interface GuardrailsProps {
  /** Ids of units, or the root. */
  readonly units: readonly string[];
  readonly exemptRoles: readonly string[];
  readonly backupRoles?: readonly string[];
}

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const MAX_CHARACTERS = 5120;

/** The guardrails as policies of the organization, which must have service control policies enabled.
 * @throws CheckvalveError `INVALID_INPUT` when the exempt names make a policy longer than Organizations allows */
export class Guardrails extends Construct {
  constructor(scope: Construct, id: string, { units, exemptRoles, backupRoles }: GuardrailsProps) {
    super(scope, id);
    for (const { name, description, document } of guardrailPolicies(exemptRoles, backupRoles)) {
      const { length } = JSON.stringify(document);
      if (length > MAX_CHARACTERS) {
        const message = `The policy ${name} has ${length} characters, and Organizations allows ${MAX_CHARACTERS}`;
        throw new CheckvalveError(
          'INVALID_INPUT',
          message,
          'Name fewer roles in guardrails.exemptRoles and backupRoles.',
        );
      }
      new CfnPolicy(this, name, {
        name,
        description,
        type: 'SERVICE_CONTROL_POLICY',
        content: document,
        targetIds: [...units],
      });
    }
  }
}
