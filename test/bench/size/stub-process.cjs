// The process of the stub: TypeScript, run as it stands.
require('tsx/cjs/api').register();
require('./stub.ts');
