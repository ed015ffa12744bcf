// The built-in CloudFormation validation costs about 1.5 s in every test file; one gate test switches it on.
process.env.CDK_VALIDATION ??= 'false';
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
// What is printed is wrapped to the terminal: every test has one of 80 columns.
process.stdout.columns = 80;
process.env.COLUMNS = '80';
