import { App } from 'aws-cdk-lib';
import { addLandingZone } from './app';
import { loadConfig } from './config/load-config';
import { warningsOf } from './config/warnings';
import { CheckvalveError } from './contract/errors';

try {
  const app = new App({ analyticsReporting: false });
  // `npx cdk synth -c config=FILE` reads another configuration than src/checkvalve.config.ts.
  const config = loadConfig(app.node.tryGetContext('config'));
  for (const warning of warningsOf(config, new Date())) process.stderr.write(`Warning: ${warning}\n`);
  addLandingZone(app, config).synth();
} catch (error) {
  if (!(error instanceof CheckvalveError)) throw error;
  process.stderr.write(`${error.message}\n${error.remedy}\n`);
  process.exit(1);
}
