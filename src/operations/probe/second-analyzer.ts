import type { Probe } from './probe';
import { stackEnd } from './stacks';

/** Can an account have a second analyzer for external access in a Region? */
export const secondAnalyzer: Probe = {
  id: 'second-analyzer',
  assumptions: ['one-analyzer-per-account-and-region'],
  creates: 'two analyzers of IAM Access Analyzer in the vault',
  maxCostUsd: 0,
  assumed: 'refused',
  ask: async (_, scope) => {
    const analyzer = (name: string, more: object = {}) => ({
      Type: 'AWS::AccessAnalyzer::Analyzer',
      Properties: { AnalyzerName: scope.name(name), Type: 'ACCOUNT' },
      ...more,
    });
    const { status, reasons } = await stackEnd(scope, 'vault', 'analyzers', {
      First: analyzer('first'),
      Second: analyzer('second', { DependsOn: 'First' }),
    });
    if (status === 'CREATE_COMPLETE') return 'accepted';
    if (!reasons.some((reason) => /quota|limit|exceed/i.test(reason))) throw new Error(reasons.join('; '));
    return 'refused';
  },
};
