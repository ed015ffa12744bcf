import { type CoverageEvidence, type CoverageRow, PROTECTION_STATUSES } from '../../contract/coverage';

/** The report of the vault of a cell. */
export interface CellReport {
  readonly cell: string;
  readonly report: MergedReport;
}

/** A row of a database that several cells report. */
export interface MergedRow extends CoverageRow {
  /** The cell that has the newest copy, where it is another one than that of the account. */
  readonly copyIn?: string;
}

/** A report in which each database occurs in the cell of its account only. */
export interface MergedReport extends Omit<CoverageEvidence, 'databases'> {
  readonly databases: readonly MergedRow[];
}

/** Statuses of a database that has no copy in its cell, or only an old one: a newer copy in another cell counts. */
const WITHOUT_COPY: readonly CoverageRow['status'][] = ['never', 'late', 'new', 'lost'];

/**
 * The reports of all cells, with each database of an account that moved in the report of its new cell only. The newest copy of
 * any cell counts, and the row says which cell has it. Pure.
 */
export function mergeCells(
  reports: readonly { readonly cell: string; readonly report: CoverageEvidence }[],
): readonly CellReport[] {
  const rows = reports.flatMap(({ cell, report }) => report.databases.map((row) => ({ cell, report, row })));
  const byDatabase = new Map<string, typeof rows>();
  for (const one of rows) {
    const key = one.row.database;
    byDatabase.set(key, [...(byDatabase.get(key) ?? []), one]);
  }
  const homeOf = (all: typeof rows) => all.find((one) => isFollowed(one.report, one.row)) ?? newestOf(all) ?? all[0];
  return reports.map(({ cell, report }): CellReport => {
    const databases = report.databases.flatMap((row): readonly MergedRow[] => {
      const all = byDatabase.get(row.database) ?? [];
      if (all.length < 2) return [row];
      if (homeOf(all)?.cell !== cell) return [];
      const newest = newestOf(all);
      return [newest && newest.cell !== cell ? withCopyOf(row, newest.row, newest.cell) : row];
    });
    return {
      cell,
      report:
        databases.length === report.databases.length && !databases.some(({ copyIn }) => copyIn)
          ? report
          : counted(report, databases),
    };
  });
}

/** Whether the vault of a report follows the account of a row. */
const isFollowed = ({ accounts }: CoverageEvidence, row: CoverageRow): boolean =>
  accounts.some(({ account, state }) => account === row.account && (state === 'enrolled' || state === 'leaving'));

const timeOf = ({ newestCopy }: CoverageRow): number => Date.parse(newestCopy?.dataTime ?? '');

function newestOf<One extends { readonly row: CoverageRow }>(all: readonly One[]): One | undefined {
  const withCopy = all.filter(({ row }) => !Number.isNaN(timeOf(row)));
  return withCopy.reduce<One | undefined>((a, b) => (a && timeOf(a.row) >= timeOf(b.row) ? a : b), undefined);
}

/** A row with the newer copy of another cell. It is protected as long as that copy is within the RPO. */
function withCopyOf(row: CoverageRow, { newestCopy, ageHours }: CoverageRow, copyIn: string): MergedRow {
  const merged = { ...row, newestCopy, ageHours, copyIn };
  if (!WITHOUT_COPY.includes(row.status) || ageHours === undefined || row.rpoHours === undefined) return merged;
  if (ageHours > row.rpoHours) return { ...merged, status: row.status === 'lost' ? 'lost' : 'late' };
  const { code: _, codeFrom: __, reason: ___, remedy: ____, ...protectedRow } = merged;
  return { ...protectedRow, status: 'protected' };
}

function counted(report: CoverageEvidence, databases: readonly MergedRow[]): MergedReport {
  const counts = Object.fromEntries(
    PROTECTION_STATUSES.map((status) => [status, databases.filter((row) => row.status === status).length]),
  ) as CoverageEvidence['counts'];
  return { ...report, databases, counts };
}
