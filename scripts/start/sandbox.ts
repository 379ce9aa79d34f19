import { readFileSync } from 'node:fs'
import { startSandbox } from '#sandbox/main.ts'

/** The supervisor's sandbox child: reads its options from the file it is given and ends with its supervisor. */
const file = process.argv[2]
if (!file) {
  process.stderr.write('usage: sandbox <options.json>\n')
  process.exit(2)
}
const sandbox = await startSandbox(JSON.parse(readFileSync(file, 'utf8')))
const stop = async () => {
  await sandbox.stop()
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
if (process.send) process.on('disconnect', stop)
