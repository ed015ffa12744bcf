import { isOfAwsBackup } from '../../../src/contract/backup-snapshots';
import type { CoverageExportKey, ExportKeyPart } from '../../../src/contract/coverage';
import { keyIdOf } from '../../../src/contract/ids';
import { DEFAULT_KEY_POLICY, deniesAllPrincipals } from '../../../src/contract/key-policy';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../src/contract/names';
import type { KeyPolicies } from '../../_kit/ports/coverage-access';
import type { Snapshot } from '../../_kit/ports/snapshots';

/** Id of a key, and nothing that KMS would look up elsewhere: an alias, or a key of another account.
 * https://docs.aws.amazon.com/kms/latest/developerguide/concepts-key-id.html */
const KEY_ID = /^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
/** Names of policies that a report shows; KMS has two. */
const MAX_NAMES = 5;
/** A name of a policy has at most 128 characters.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html */
const MAX_NAME = 128;

const isExportCopy = ({ tags }: Snapshot): boolean => tags.get(TAGS.role) === 'export';

/** The value of the youngest that has one. */
function youngest(snapshots: readonly Snapshot[], keyIdIn: (one: Snapshot) => string | undefined): string | undefined {
  const found = snapshots.flatMap((one) => {
    const keyId = keyIdIn(one) ?? '';
    return KEY_ID.test(keyId) ? [{ keyId, at: one.createdAt?.getTime() ?? 0 }] : [];
  });
  return found.reduce<(typeof found)[number] | undefined>(
    (best, one) => (best && best.at >= one.at ? best : one),
    undefined,
  )?.keyId;
}

/**
 * The id of an account's export key: that of its youngest export copy; while there is none, the one that the report before
 * knows, and without such a report the one that a snapshot of AWS Backup is tagged with. The access role may read no other
 * key, so that a snapshot that names another one leads to a refusal. Pure.
 */
export const exportKeyIdOf = (snapshots: readonly Snapshot[], before?: CoverageExportKey): string | undefined =>
  youngest(snapshots.filter(isExportCopy), ({ kmsKeyArn }) => kmsKeyArn && keyIdOf(kmsKeyArn)) ??
  before?.keyId ??
  youngest(snapshots.filter(isOfAwsBackup), ({ tags }) => tags.get(RECOVERY_POINT_TAGS.exportKey));

/** What is read now: what the run before did not read; of a key that is new, the names of its policies. Pure. */
export const partToRead = (keyId: string, before?: CoverageExportKey): ExportKeyPart =>
  before?.keyId === keyId && before.lastRead === 'policy-names' ? 'default-policy' : 'policy-names';

/** What is known of an export key, and why it could not be read now. */
export interface ExportKeyLook {
  readonly exportKey?: CoverageExportKey;
  readonly failed?: unknown;
}

/** Reads one of the two parts of an account's export key, by one call. What is not read, or not readable, stays as before. */
export async function lookAtExportKey(
  policies: KeyPolicies,
  snapshots: readonly Snapshot[],
  before?: CoverageExportKey,
): Promise<ExportKeyLook> {
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
