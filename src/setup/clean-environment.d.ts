type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of a program that connects only to 127.0.0.1: without the caller’s AWS, proxy, Python and language settings. */
export function cleanEnvironment(from?: Environment): Record<string, string>;

/** The environment of pip and npm: with the settings of a mirror, without those that change where packages go. */
export function installerEnvironment(from?: Environment, more?: Record<string, string>): Record<string, string>;

/** The environment of `pip config list`, in which it lists all configuration files. */
export function pipListEnvironment(from?: Environment): Record<string, string>;

/** The environment of `pip install`: with the settings of a mirror from the output of `pip config list`. */
export function pipEnvironment(listed: string, from?: Environment): Record<string, string>;

/** Removes the caller’s AWS configuration, proxies, time zone and CDK settings from this process. */
export function leaveCallersEnvironment(): void;
