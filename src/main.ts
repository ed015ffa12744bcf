import { App } from 'aws-cdk-lib';
import { addLandingZone } from './app';
import { loadConfig } from './config/load-config';
import { CheckvalveError } from './contract/errors';

try {
  const app = new App({ analyticsReporting: false });
  // `npx cdk synth -c config=FILE` takes another configuration than src/checkvalve.config.ts.
  addLandingZone(app, loadConfig(app.node.tryGetContext('config'))).synth();
} catch (error) {
  if (!(error instanceof CheckvalveError)) throw error;
  process.stderr.write(`${error.message}\n${error.remedy}\n`);
  process.exit(1);
}
