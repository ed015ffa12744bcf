import type { PruneFacts } from '../../lambda/vault/prune-copies/facts';
import { plan } from '../../lambda/vault/prune-copies/plan';
import { HOUR } from '../../src/contract/durations';

type Given = Pick<PruneFacts, 'own' | 'shared' | 'retention' | 'now'> & Partial<PruneFacts>;

/** The plan of a run that can trust the time, and of databases that all exist, unless the facts say otherwise. */
export const planPruning = (facts: Given) =>
  plan({ deletedSources: new Map(), awsTime: facts.now, lastRun: new Date(facts.now.getTime() - 6 * HOUR), ...facts });
