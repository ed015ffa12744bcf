import { Command } from 'commander';
import type { ConfiguredCell } from '../../config/cells';
import { enrollmentSettings } from '../../config/enrollment-settings';
import { loadConfig } from '../../config/load-config';
import { type DatabaseCounts, roomPlan } from '../../config/room-plan';
import type { EnrollmentSettings } from '../../contract/enrollment-settings';
import { readJson } from '../../files/read-text';
import {
  type AccountToPreview,
  type EnrollmentPreview,
  previewEnrollment,
} from '../../operations/plan/preview-enrollment';
import { progress } from '../output';
import { planReport, roomPart } from '../print-plan';
import { cellOption, selectedCells } from '../selected-cells';

interface PlanOptions {
  readonly from?: string;
  readonly json?: boolean;
  readonly cell?: string;
}

interface ObservedOrganization {
  readonly accounts: readonly AccountToPreview[];
  readonly at?: Date;
  readonly databases?: ReadonlyMap<string, DatabaseCounts>;
}

/** An organization that a JSON file describes. */
function described(file: string): ObservedOrganization {
  const { readOrganizationFile } =
    require('../../operations/plan/organization-file') as typeof import('../../operations/plan/organization-file');
  const remedy = 'Give a JSON document in the format of docs/plan.md, such as docs/example-organization.json.';
  return readOrganizationFile(readJson(file, { code: 'INVALID_INPUT', remedy }), file === '-' ? undefined : file);
}

/** The real organization. */
async function live(settings: EnrollmentSettings): Promise<ObservedOrganization> {
  // Loaded here, so that other commands do not wait for the SDK.
  const { readRealOrganization } =
    require('../../operations/plan/read-organization') as typeof import('../../operations/plan/read-organization');
  const at = new Date();
  return { at, accounts: await readRealOrganization(settings, at, progress) };
}

/** The databases of accounts that are enrolled now or will be. */
function countsOf(
  { accounts }: EnrollmentPreview,
  databases: ReadonlyMap<string, DatabaseCounts>,
): ReadonlyMap<string, DatabaseCounts> {
  const enrolled = new Set(['enroll', 'keep', 'leaving']);
  const ids = new Set<string>(accounts.filter(({ verdict }) => enrolled.has(verdict)).map(({ id }) => id));
  return new Map([...databases].filter(([account]) => ids.has(account)));
}

/** The databases of the accounts of a cell. */
function ofCell(
  { cell: { name } }: ConfiguredCell,
  { accounts }: EnrollmentPreview,
  counts: ReadonlyMap<string, DatabaseCounts>,
): ReadonlyMap<string, DatabaseCounts> {
  const ids = new Set<string>(accounts.filter(({ cell }) => cell === name).map(({ id }) => id));
  return new Map([...counts].filter(([account]) => ids.has(account)));
}

/** A preview with the accounts and the load of these cells only. The number of stack instances stays that of all cells. */
function onlyCells(preview: EnrollmentPreview, names: readonly string[] | undefined): EnrollmentPreview {
  if (!names || preview.cells.length === 1) return preview;
  return {
    ...preview,
    accounts: preview.accounts.filter(({ cell = '' }) => names.includes(cell)),
    cells: preview.cells.filter(({ name }) => names.includes(name)),
  };
}

const HELP = `
Reads the organization with the credentials that the AWS SDK finds (environment,
profile, SSO). They must belong to the management account and need
organizations:ListAccounts, DescribeAccount, ListParents, ListTagsForResource,
cloudformation:ListStackInstances and dynamodb:Scan on the table
checkvalve-registry. The command works before anything is deployed. It decides
with the code of the step enroll-accounts and with this configuration, so that
it shows the effect of a change before you deploy it.

--json prints { "accounts": [{ "id", "verdict", "reason" }], "instances",
"room" }: instances is the number of stack instances afterwards, room is what
the databases reserve in the vault of each Region. With several cells, each
account has "cell" and "cellReason", "cells" is the load of each cell, and
"rooms" has the room of each.

Examples:
  checkvalve plan
  checkvalve plan --from docs/example-organization.json
  checkvalve plan --json | jq '.accounts[] | select(.verdict == "near-miss")'
  checkvalve --config stricter.config.ts plan --json

docs/plan.md explains the verdicts and the file.`;

/** `checkvalve plan`: what enrollment would do to every account, and why. It changes nothing. */
export const planCommand = (): Command =>
  new Command('plan')
    .description('Show what enrollment would do to every account of the organization, and why. Changes nothing.')
    .option(
      '--from <file>',
      'a JSON file that describes an organization (- for standard input), instead of the real one',
    )
    .addOption(cellOption())
    .option('--json', 'one JSON document on standard output, progress on standard error')
    .addHelpText('after', HELP)
    .action(async ({ from, json, cell }: PlanOptions, command: Command) => {
      const config = loadConfig(command.optsWithGlobals().config);
      const settings = enrollmentSettings(config);
      const {
        accounts,
        databases = new Map<string, DatabaseCounts>(),
        at = new Date(),
      } = from === undefined ? await live(settings) : described(from);
      const selected = selectedCells(config, cell);
      const names = selected.map((one) => one.cell.name);
      const preview = onlyCells(previewEnrollment(accounts, settings, at), cell === undefined ? undefined : names);
      const counts = countsOf(preview, databases);
      const { accounts: planned, instances } = preview;
      if (settings.cells.length === 1) {
        const room = roomPlan(config, counts);
        const document = { accounts: planned, instances: instances.afterwards, room };
        process.stdout.write(`${json ? JSON.stringify(document, undefined, 2) : planReport(preview, room)}\n`);
        return;
      }
      const rooms = selected.map((one) => ({
        cell: one.cell.name,
        ...roomPlan(one.config, ofCell(one, preview, counts)),
      }));
      const document = { accounts: planned, instances: instances.afterwards, cells: preview.cells, rooms };
      const parts = [
        planReport(preview),
        ...rooms.map((room) => [`Cell ${room.cell}`, ...roomPart(room)].join('\n\n')),
      ];
      process.stdout.write(`${json ? JSON.stringify(document, undefined, 2) : parts.join('\n\n')}\n`);
    });
