#!/usr/bin/env node
// The command that npm installs. It loads everything else as TypeScript, without a build.
require('../cache/load-typescript.js').loadTypeScript();
// The AWS SDK's notice about Node versions belongs in the release notes, not in front of every answer.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
require('./main.ts');
