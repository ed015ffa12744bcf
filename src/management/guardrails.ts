import { CfnPolicy } from 'aws-cdk-lib/aws-organizations';
import { Construct } from 'constructs';
import { guardrailPolicies } from './guardrail-policies';

/** Where the guardrails are attached, and who is exempt. */
export interface GuardrailsProps {
  /** Ids of units, or the root. */
  readonly units: readonly string[];
  readonly exemptRoles: readonly string[];
  readonly backupRoles?: readonly string[];
}

/** The guardrails as policies of the organization; it must have service control policies enabled. */
export class Guardrails extends Construct {
  constructor(scope: Construct, id: string, { units, exemptRoles, backupRoles }: GuardrailsProps) {
    super(scope, id);
    for (const { name, description, document } of guardrailPolicies(exemptRoles, backupRoles)) {
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
