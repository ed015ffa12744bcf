import { MutatedTemplates } from './mutated-templates';
import { scoreOf, scoreText } from './score';

// `npx tsx test/src/trust/mutations/print-score.ts`: the score alone, without the runner.
const score = scoreOf(new MutatedTemplates());
process.stdout.write(scoreText(score));
process.exitCode = score.harmful.missed.length + score.harmless.refused.length > 0 ? 1 : 0;
