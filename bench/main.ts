import { table } from '../src/cli/print';
import { benchBundles } from './bundles';
import { benchEvaluator } from './evaluator';
import { benchPlans } from './plans';

async function main(): Promise<void> {
  const figures = { plan: benchPlans(), evaluator: await benchEvaluator(), bundles: benchBundles() };
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
    return;
  }
  const { plan, evaluator, bundles } = figures;
  const rows: [string, string, string][] = [
    ['plan over 10,000 snapshots', `${plan.ms10k.toFixed(1)} ms`, 'at most 100 ms'],
    ['growth from 1,000 to 10,000', `× ${plan.growth.toFixed(1)}`, 'at most × 12'],
    [
      `one access evaluated (median of ${evaluator.cases})`,
      `${evaluator.medianMicros.toFixed(0)} µs`,
      'at most 1000 µs',
    ],
    ...bundles.flatMap(({ name, bytes, initMs }): [string, string, string][] => [
      [`${name}: bundle`, `${(bytes / 1024).toFixed(1)} KB`, 'at most 64 KB'],
      [`${name}: init beyond the SDK’s`, `${initMs.toFixed(0)} ms`, 'at most 150 ms'],
    ]),
  ];
  process.stdout.write(`${table(['figure', 'measured', 'budget'], rows)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
