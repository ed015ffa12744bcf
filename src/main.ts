import { App } from 'aws-cdk-lib';
import { buildApp } from './app';
import { loadConfig } from './config/load-config';
import { CheckvalveError } from './contract/errors';

try {
  // `npx cdk synth -c config=FILE` judges another configuration than src/checkvalve.config.ts.
  buildApp(loadConfig(new App().node.tryGetContext('config'))).synth();
} catch (error) {
  if (!(error instanceof CheckvalveError)) throw error;
  process.stderr.write(`${error.message}\n${error.remedy}\n`);
  process.exitCode = 1;
}
