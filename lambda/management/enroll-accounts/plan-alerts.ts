import type { AlertKind } from '../../../src/contract/management-alerts';
import type { DecidedAccount } from './decided-accounts';
import type { EnrollmentAction } from './enrollment-action';
import type { EnrollmentFacts } from './facts';

/** Alerts about accounts that need an operator. Each is sent once for the same text. */
export const planAlerts = (
  decided: readonly DecidedAccount[],
  { settings }: EnrollmentFacts,
): readonly EnrollmentAction[] =>
  decided.flatMap(({ observed, decision: { account, decision, reason }, cell }): readonly EnrollmentAction[] => {
    const alert = (key: string, kind: AlertKind, line: string): EnrollmentAction => ({
      do: 'alert-once',
      key: `${key} ${account}`,
      alert: { kind, accounts: [account], lines: [line] },
    });
    // A tag that is only similar to the configured one.
    if (decision === 'near-miss') {
      return [alert('near-miss', 'tag-near-miss', `${account} is not enrolled: it is ${reason}.`)];
    }
    if (decision === 'no-room') {
      const cells = settings.cells.map(({ name, maxAccounts }) => `${name} (${maxAccounts} accounts)`).join(', ');
      return [alert('no-room', 'cells-full', `${account} is not enrolled: it is ${reason}: ${cells}.`)];
    }
    if (decision === 'stranded')
      return [alert('stranded', 'cell-not-configured', `${account} stays as it is: ${reason}.`)];
    if (cell?.tagFault && !observed.entry) {
      const line = `${account} is enrolled in the cell ${cell.cell}: it is ${cell.tagFault}.`;
      return [alert('cell-tag', 'tag-near-miss', line)];
    }
    return [];
  });
