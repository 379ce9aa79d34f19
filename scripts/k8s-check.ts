import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'

/**
 * Checks k8s/ with kubeconform, strictly (an unknown field is an error), against schemas made from the sources of Kubernetes and
 * KEDA themselves: all three come from the Go module proxy, nothing is fetched from a schema host. Needs Go; says so without.
 */
const KUBERNETES = 'k8s.io/kubernetes@v1.34.2'
const KEDA = 'github.com/kedacore/keda/v2@v2.21.0'
const KUBECONFORM = 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0'
const CACHE = resolve('.cache/k8s')

if (spawnSync('go', ['version']).status !== 0) {
  console.error('k8s-check needs Go (1.24 or newer) on the PATH; nothing was checked.')
  process.exit(process.env.CI ? 1 : 0)
}
const schemas = join(CACHE, 'schemas')
mkdirSync(schemas, { recursive: true })
if (!existsSync(join(schemas, 'deployment-apps-v1.json'))) writeKubernetesSchemas()
if (!existsSync(join(schemas, 'scaledobject-keda-v1alpha1.json'))) writeKedaSchemas()
execFileSync('go', ['install', KUBECONFORM], { env: { ...process.env, GOBIN: CACHE }, stdio: 'inherit' })
const files = readdirSync('k8s', { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.yaml') && !file.endsWith('kustomization.yaml'),
)
const done = spawnSync(
  join(CACHE, 'kubeconform'),
  [
    '-strict',
    '-summary',
    '-schema-location',
    `${schemas}/{{ .ResourceKind }}{{ .KindSuffix }}.json`,
    ...files.map((file) => join('k8s', file)),
  ],
  { stdio: 'inherit' },
)
process.exit(done.status ?? 1)

type Schema = { [key: string]: unknown }

function writeKubernetesSchemas(): void {
  const { definitions } = JSON.parse(readFileSync(join(moduleFolder(KUBERNETES), 'api/openapi-spec/swagger.json'), 'utf8')) as {
    definitions: Record<string, Schema>
  }
  writeSchema('_definitions', { definitions: strict(definitions) })
  for (const definition of Object.values(definitions)) {
    const kinds = definition['x-kubernetes-group-version-kind'] as { group: string; version: string; kind: string }[] | undefined
    for (const { group, version, kind } of kinds?.length === 1 ? kinds : []) {
      const suffix = [group.split('.')[0], version].filter(Boolean).join('-')
      writeSchema(
        `${kind}-${suffix}`,
        JSON.parse(JSON.stringify(strict(definition)).replaceAll('"#/definitions/', '"_definitions.json#/definitions/')) as Schema,
      )
    }
  }
}

function writeKedaSchemas(): void {
  const folder = join(moduleFolder(KEDA), 'config/crd/bases')
  for (const file of readdirSync(folder)) {
    const crd = parse(readFileSync(join(folder, file), 'utf8')) as {
      spec: { group: string; names: { kind: string }; versions: { name: string; schema: { openAPIV3Schema: Schema } }[] }
    }
    for (const version of crd.spec.versions) {
      writeSchema(
        `${crd.spec.names.kind}-${crd.spec.group.split('.')[0]}-${version.name}`,
        strict(version.schema.openAPIV3Schema) as Schema,
      )
    }
  }
}

function writeSchema(name: string, schema: Schema): void {
  writeFileSync(join(schemas, `${name.toLowerCase()}.json`), JSON.stringify(schema))
}

/** Kubernetes' schemas say what fields there are, not that there are no others; and quantities and ports may be numbers or text. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict)
  if (schema === null || typeof schema !== 'object') return schema
  const { format, ...rest } = schema as Schema
  const copy: Schema = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, strict(value)]))
  if (format === 'int-or-string') return { ...copy, type: ['integer', 'string'] }
  if (copy.type === 'object' && copy.properties && !('additionalProperties' in copy)) copy.additionalProperties = false
  return copy
}

/** Downloads a module through the Go proxy; the checksum database vouches for it. */
function moduleFolder(module: string): string {
  const elsewhere = mkdtempSync(join(tmpdir(), 'weft-go-'))
  const answer = execFileSync('go', ['mod', 'download', '-json', module], { cwd: elsewhere, encoding: 'utf8' })
  return (JSON.parse(answer) as { Dir: string }).Dir
}
