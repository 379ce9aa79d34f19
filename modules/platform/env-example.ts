import { envSchema } from './env.ts'

/** The text of `.env.example`: every variable of the schema with its sentence, commented out, defaults shown. */
export function envExample(): string {
  const variables = Object.entries(envSchema.shape).map(([name, schema]) => {
    const fallback = schema.safeParse(undefined)
    const value = fallback.success && fallback.data !== undefined ? shown(fallback.data) : ''
    return `# ${schema.description ?? ''}\n#${name}=${value}\n`
  })
  return `# Weft's whole environment. Generated from modules/platform/env.ts by \`npm run env:example\`; nothing here is needed for\n# \`npm start\`, which runs on embedded parts and makes up its own secrets.\n\n${variables.join('\n')}`
}

function shown(value: unknown): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
}
