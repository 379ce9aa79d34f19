import { type Logger as PinoLogger, pino } from 'pino'

export type Logger = PinoLogger

/**
 * Fields that never reach a log, whoever passes them: bodies of messages and what opens doors. A test logs each and looks.
 */
export const REDACTED_FIELDS = [
  'body',
  'text',
  'caption',
  'password',
  'token',
  'secret',
  'authorization',
  'cookie',
  'accessToken',
  'appSecret',
  'verifyToken',
  'credentials',
] as const

/** How deep objects are searched for such fields; pino's paths know no recursive wildcard. */
const paths = REDACTED_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`, `*.*.*.${field}`])

/**
 * The process's logger: one JSON line an entry on stdout.
 * @param options.process shown in every line, such as `intake:whatsapp`
 * @param options.destination for tests; anything with `write(line)`
 */
export function createLog(options: { level: string; process: string; destination?: { write(line: string): void } }): Logger {
  const settings = {
    level: options.level,
    base: { process: options.process, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: [...paths], censor: '[left out]' },
    serializers: { error: pino.stdSerializers.err },
  }
  return options.destination ? pino(settings, options.destination) : pino(settings)
}
