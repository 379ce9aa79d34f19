import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { TOPICS } from '#platform/bus/topics.ts'
import { envSchema } from '#platform/env.ts'
import { parseRoles, ROLES } from '#workers/roles.ts'

interface Manifest {
  kind: string
  metadata: { name: string }
  data?: Record<string, string>
  spec?: {
    template?: { spec: { containers: { args?: string[] }[] } }
    scaleTargetRef?: { name: string }
    maxReplicaCount?: number
    triggers?: { type: string; metadata: Record<string, string> }[]
  }
}

const folder = join(import.meta.dirname, 'base')
const manifests = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => document.toJS() as Manifest))
const ofKind = (kind: string) => manifests.filter((manifest) => manifest.kind === kind)

test('every role has a Deployment, and no Deployment names a role that does not exist', () => {
  const choices = ofKind('Deployment').flatMap((deployment) => parseRoles(deployment.spec?.template?.spec.containers[0]?.args ?? []))
  expect(choices.map((choice) => choice.name).sort()).toEqual([...ROLES].sort())
})

test('what is scaled exists, on topics and groups that exist, to no more members than partitions', () => {
  const deployments = ofKind('Deployment').map((deployment) => deployment.metadata.name)
  for (const scaled of ofKind('ScaledObject')) {
    expect(deployments).toContain(scaled.spec?.scaleTargetRef?.name)
    for (const { type, metadata } of scaled.spec?.triggers ?? []) {
      if (type !== 'kafka') continue
      const topic = TOPICS.find((candidate) => candidate.name === metadata.topic)
      expect(topic?.groups).toContain(metadata.consumerGroup)
      expect(scaled.spec?.maxReplicaCount).toBeLessThanOrEqual(topic?.partitions ?? 0)
    }
  }
})

test('the configuration names only variables that the environment knows', () => {
  for (const config of ofKind('ConfigMap')) {
    for (const name of Object.keys(config.data ?? {})) expect(Object.keys(envSchema.shape)).toContain(name)
  }
})

test('every file of the base is part of it', () => {
  const kustomization = manifests.find((manifest) => manifest.kind === 'Kustomization') as unknown as { resources: string[] }
  expect([...kustomization.resources].sort()).toEqual(
    readdirSync(folder)
      .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
      .sort(),
  )
})
