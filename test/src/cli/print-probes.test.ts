import { probePlan, probeReport } from '../../../src/cli/print-probes';
import { PROBES } from '../../../src/operations/probe/probes';

const widest = (text: string) => Math.max(...text.split('\n').map(({ length }) => length));

test.each([true, false])('the report of every probe fits into 80 columns (as assumed: %s)', (ok) => {
  const probes = PROBES.map(({ id, assumed }) => ({ id, assumed, answered: assumed, differs: !ok }));
  expect(widest(probeReport({ ok, probes }))).toBeLessThanOrEqual(80);
});

test('the plan fits into 80 columns, and names Region, accounts and cost', () => {
  const plan = probePlan(PROBES, { source: '222200001111', vault: '111122223333' }, 'eu-central-1');
  expect(widest(plan)).toBeLessThanOrEqual(80);
  expect(plan).toContain('In eu-central-1, in the source sandbox 222200001111');
  expect(plan).toMatch(/at\s+most\s+\d\.\d\d\s+USD/);
});

test('probeReport prints an answer that differs with the assumed one, and the error of a failed probe', () => {
  const probes = [
    { id: 'second-analyzer', assumed: 'refused', answered: 'accepted', differs: true },
    { id: 'cluster-backup-type', assumed: 'manual', answered: null, differs: false, error: 'AccessDenied: not here' },
  ];
  const report = probeReport({ ok: false, probes });
  expect(report).toContain('second-analyzer differs: AWS answers accepted, assumed is refused.');
  expect(report).toContain('cluster-backup-type: AccessDenied: not here');
  expect(report).toContain('1 differ, 1 failed.');
});
