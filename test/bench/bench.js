// What `npm run bench` runs: everything behind it is TypeScript, run as it stands.
require('tsx/cjs/api').register();
// The AWS SDK's notice about Node versions is no figure.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
require('./main.ts');
