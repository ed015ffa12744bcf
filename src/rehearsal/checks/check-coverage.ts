import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { AccountId } from '../../contract/ids';
import { coverageOfDay, evidenceBucket } from '../../contract/names';
import { exampleDatabases } from '../example-databases';
import type { CheckFailure } from '../result';
import { coverageReports, type EmulatedWorld } from './evidence';

/** The evidence bucket has the coverage report and the report of the day; the database that stays is protected, and the
 * report lists the last copy of the deleted one. */
export async function checkCoverage(emulated: EmulatedWorld): Promise<CheckFailure[]> {
  const { emulator, world } = emulated;
  const fail = (cause: string): CheckFailure => ({ account: world.vault, cause });
  const reports = await coverageReports(emulated);
  if (reports.length < world.regions.length) return [fail('the evidence bucket has no coverage report')];
  const failures: CheckFailure[] = [];
  for (const { at, region } of reports) {
    const Bucket = evidenceBucket(world.vault as AccountId, region);
    const { Contents = [] } = await new S3Client(emulator.client(world.vault, region)).send(
      new ListObjectsV2Command({ Bucket }),
    );
    const day = coverageOfDay(new Date(at));
    if (!Contents.some(({ Key }) => Key === day)) failures.push(fail(`${Bucket} has no ${day}`));
  }
  const rows = new Map(reports.flatMap(({ databases }) => databases).map((row) => [row.database as string, row]));
  const { kept, deleted } = exampleDatabases(world);
  for (const [{ arn }, status] of [
    [kept, 'protected'],
    [deleted, 'source-deleted'],
  ] as const) {
    const row = rows.get(arn);
    if (row?.status === status) continue;
    failures.push(
      fail(
        `the coverage report has ${arn} as ${row?.status ?? 'missing'}, not ${status}: ${row?.reason ?? 'no reason given'}`,
      ),
    );
  }
  return failures;
}
