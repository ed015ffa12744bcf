type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of a program that talks to 127.0.0.1 alone: nothing of the caller's AWS, proxy, Python or language settings. */
export function cleanEnvironment(from?: Environment): Record<string, string>;

/** The environment of pip and npm: what reaches a mirror stays, what changes where things go does not. */
export function installerEnvironment(from?: Environment, more?: Record<string, string>): Record<string, string>;

/** The environment of `pip config list`, in which it lists all configuration files. */
export function pipListEnvironment(from?: Environment): Record<string, string>;

/** The environment of `pip install`: of the configuration files, which `pip config list` has printed, what reaches a mirror. */
export function pipEnvironment(listed: string, from?: Environment): Record<string, string>;

/** Takes the caller's AWS configuration, proxies, time zone and CDK settings out of this process. */
export function leaveCallersEnvironment(): void;
