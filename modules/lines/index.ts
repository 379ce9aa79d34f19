export { type HeldLine, holdLines } from './hold-lines.ts'
