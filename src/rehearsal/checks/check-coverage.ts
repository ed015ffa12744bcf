import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { AccountId } from '../../contract/ids';
import { coverageOfDay, evidenceBucket } from '../../contract/names';
import { exampleDatabases } from '../example-databases';
import type { CheckFailure } from '../result';
import { coverageReports, type EmulatedWorld } from './evidence';

/** The report of coverage stands in the evidence bucket, the day's copy of it too; the database that goes on is protected,
 * and of the one that was deleted the last copy is in sight. */
export async function checkCoverage(emulated: EmulatedWorld): Promise<CheckFailure[]> {
  const { emulator, world } = emulated;
  const blame = (cause: string): CheckFailure => ({ account: world.vault, cause });
  const reports = await coverageReports(emulated);
  if (reports.length < world.regions.length) return [blame('no report of coverage stands in the evidence bucket')];
  const findings: CheckFailure[] = [];
  for (const { at, region } of reports) {
    const Bucket = evidenceBucket(world.vault as AccountId, region);
    const { Contents = [] } = await new S3Client(emulator.client(world.vault, region)).send(
      new ListObjectsV2Command({ Bucket }),
    );
    const day = coverageOfDay(new Date(at));
    if (!Contents.some(({ Key }) => Key === day)) findings.push(blame(`${Bucket} keeps no ${day}`));
  }
  const rows = new Map(reports.flatMap(({ databases }) => databases).map((row) => [row.database as string, row]));
  const { kept, deleted } = exampleDatabases(world);
  for (const [{ arn }, status] of [
    [kept, 'protected'],
    [deleted, 'source-deleted'],
  ] as const) {
    const row = rows.get(arn);
    if (row?.status === status) continue;
    findings.push(
      blame(`coverage should say ${status} of ${arn}; it says ${row?.status ?? 'nothing'} ${row?.reason ?? ''}`),
    );
  }
  return findings;
}
