import { z } from 'zod'
import { idOf } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'

const Value = z.string().trim().min(1).max(LIMITS.templateParameterChars)

/** What a person filled in. Positional templates take a list in order, named ones an object by name. */
export const TemplateValues = z.object({
  header: z.union([z.object({ text: Value }), z.object({ uploadId: idOf('upload') })]).optional(),
  body: z
    .union([
      z.array(Value).max(LIMITS.templateParameters),
      z.record(z.string().max(LIMITS.nameChars), Value).refine((value) => Object.keys(value).length <= LIMITS.templateParameters),
    ])
    .default([]),
  buttons: z
    .array(z.object({ index: z.number().int().min(0).max(9), value: z.string().trim().min(1).max(LIMITS.urlChars) }))
    .max(10)
    .default([]),
})
export type TemplateValues = z.infer<typeof TemplateValues>
