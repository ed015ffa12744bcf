import { GetKeyPolicyCommand, type KMSClient, ListKeyPoliciesCommand } from '@aws-sdk/client-kms';
import { DEFAULT_KEY_POLICY } from '../../../src/contract/key-policy';
import type { KeyPolicies } from '../ports/coverage-access';

/** {@link KeyPolicies} on KMS. Both calls work on keys of the caller's account alone, by id.
 * https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html */
export class KmsKeyPolicies implements KeyPolicies {
  constructor(private readonly client: KMSClient) {}

  /** One page: a key has at most two policies, and a page holds a hundred.
   * https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html */
  async names(keyId: string): Promise<readonly string[]> {
    const { PolicyNames = [] } = await this.client.send(new ListKeyPoliciesCommand({ KeyId: keyId }));
    return PolicyNames;
  }

  async defaultPolicy(keyId: string): Promise<string> {
    const asked = { KeyId: keyId, PolicyName: DEFAULT_KEY_POLICY };
    const { Policy = '{}' } = await this.client.send(new GetKeyPolicyCommand(asked));
    return Policy;
  }
}
