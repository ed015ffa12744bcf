import { isOfAwsBackup } from '../../../src/contract/backup-snapshots';
import type { CoverageExportKey, ExportKeyPart } from '../../../src/contract/coverage';
import { KEY_ID, keyIdOf } from '../../../src/contract/ids';
import { DEFAULT_KEY_POLICY, deniesAllPrincipals } from '../../../src/contract/key-policy';
import { RECOVERY_POINT_TAGS } from '../../../src/contract/names';
import { isExportCopy } from '../../_kit/export-copies';
import type { KeyPolicies } from '../../_kit/ports/coverage-access';
import type { Snapshot } from '../../_kit/ports/snapshots';

/** Neither an alias nor a key of another account, which KMS would look up elsewhere. */
const ONLY_KEY_ID = new RegExp(`^${KEY_ID}$`);
/** Names of key policies that a report shows; KMS has two. */
const MAX_NAMES = 5;
/** A name of a policy has at most 128 characters.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html */
const MAX_NAME = 128;

/** The value of the youngest that has one. */
function youngest(snapshots: readonly Snapshot[], keyIdIn: (one: Snapshot) => string | undefined): string | undefined {
  const found = snapshots.flatMap((one) => {
    const keyId = keyIdIn(one) ?? '';
    return ONLY_KEY_ID.test(keyId) ? [{ keyId, at: one.createdAt?.getTime() ?? 0 }] : [];
  });
  return found.reduce<(typeof found)[number] | undefined>(
    (best, one) => (best && best.at >= one.at ? best : one),
    undefined,
  )?.keyId;
}

/**
 * The id of an account's export key: the key of the youngest export copy; without one, the key of the report before; without
 * that, the key in the tag of a snapshot of AWS Backup. The access role may read no other key: AWS refuses access to a key that
 * a snapshot names wrongly. Pure.
 */
export const exportKeyIdOf = (snapshots: readonly Snapshot[], before?: CoverageExportKey): string | undefined =>
  youngest(snapshots.filter(isExportCopy), ({ kmsKeyArn }) => kmsKeyArn && keyIdOf(kmsKeyArn)) ??
  before?.keyId ??
  youngest(snapshots.filter(isOfAwsBackup), ({ tags }) => tags.get(RECOVERY_POINT_TAGS.exportKey));

/** The part that this run reads: the one that the run before did not read; of a new key, the names of its policies. Pure. */
export const partToRead = (keyId: string, before?: CoverageExportKey): ExportKeyPart =>
  before?.keyId === keyId && before.lastRead === 'policy-names' ? 'default-policy' : 'policy-names';

/** What is known of an export key, and why this run could not read it. */
export interface ExportKeyObservation {
  readonly exportKey?: CoverageExportKey;
  readonly failed?: unknown;
}

/** Reads one of the two parts of an account's export key, by one call. The other part, or one that cannot be read, stays as the
 * report before has it. */
export async function observeExportKey(
  policies: KeyPolicies,
  snapshots: readonly Snapshot[],
  before?: CoverageExportKey,
): Promise<ExportKeyObservation> {
  const keyId = exportKeyIdOf(snapshots, before);
  if (keyId === undefined) return {};
  const lastRead = partToRead(keyId, before);
  const known = before?.keyId === keyId ? before : { keyId };
  try {
    if (lastRead === 'default-policy')
      return {
        exportKey: {
          ...known,
          lastRead,
          deniesAllPrincipals: deniesAllPrincipals(await policies.defaultPolicy(keyId)),
        },
      };
    const others = (await policies.names(keyId)).filter((name) => name !== DEFAULT_KEY_POLICY);
    const otherPolicies = others.slice(0, MAX_NAMES).map((name) => name.slice(0, MAX_NAME));
    return { exportKey: { ...known, lastRead, otherPolicies } };
  } catch (failed) {
    return {
      exportKey: before && { ...before, lastRead: before.keyId === keyId ? lastRead : before.lastRead },
      failed,
    };
  }
}
