export { type HeldLine, holdLines } from './hold-lines.ts'
export { detachIdentities, openLines } from './open-lines.ts'
export { touchLines } from './touch-lines.ts'
export type { LineTouch } from './types.ts'
