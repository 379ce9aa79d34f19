import { GraphError } from '../errors.ts'

/**
 * Reads a request part field by field and refuses it in the provider's words: 131008 for what is missing, 131009 for a value
 * out of bounds, 100 for what has the wrong type or does not belong there.
 */
export class Fields {
  private constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    readonly path: string,
  ) {}

  static of(value: unknown, path: string): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new GraphError(100, `Param ${path} must be a JSON object.`)
    }
    return new Fields(value as Record<string, unknown>, path)
  }

  /** Graph refuses keys it does not know, which is how typing errors show. */
  only(...names: readonly string[]): this {
    for (const name of Object.keys(this.values)) {
      if (names.includes(name)) continue
      throw new GraphError(100, this.path === '' ? `Unexpected key "${name}".` : `Unexpected key "${name}" on param "${this.path}".`)
    }
    return this
  }

  /** The part as it came. */
  get everything(): Readonly<Record<string, unknown>> {
    return this.values
  }

  has(name: string): boolean {
    return this.values[name] !== undefined && this.values[name] !== null
  }

  raw(name: string): unknown {
    return this.values[name]
  }

  /** @param limits.max characters, counted as WhatsApp counts them: by code point */
  text(name: string, limits: { max: number; min?: number }): string {
    if (!this.has(name)) throw this.missing(name)
    const value = this.values[name]
    if (typeof value !== 'string') throw new GraphError(100, `Param ${this.at(name)} must be a string.`)
    const length = [...value].length
    const min = limits.min ?? 1
    if (length < min || length > limits.max) {
      throw new GraphError(131009, `Param ${this.at(name)} must be between ${min} and ${limits.max} characters long, got ${length}.`)
    }
    return value
  }

  optionalText(name: string, limits: { max: number; min?: number }): string | undefined {
    return this.has(name) ? this.text(name, limits) : undefined
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.text(name, { max: 200 })
    const found = allowed.find((candidate) => candidate === value)
    if (found === undefined) throw new GraphError(100, `Param ${this.at(name)} must be one of {${allowed.join(', ')}} - got "${value}".`)
    return found
  }

  number(name: string, limits: { min: number; max: number }): number {
    if (!this.has(name)) throw this.missing(name)
    const value = Number(this.values[name])
    if (!Number.isFinite(value) || value < limits.min || value > limits.max) {
      throw new GraphError(131009, `Param ${this.at(name)} must be a number between ${limits.min} and ${limits.max}.`)
    }
    return value
  }

  optionalFlag(name: string): boolean | undefined {
    if (!this.has(name)) return undefined
    const value = this.values[name]
    if (typeof value !== 'boolean') throw new GraphError(100, `Param ${this.at(name)} must be a boolean.`)
    return value
  }

  object(name: string): Fields {
    if (!this.has(name)) throw this.missing(name)
    return Fields.of(this.values[name], this.at(name))
  }

  optionalObject(name: string): Fields | undefined {
    return this.has(name) ? this.object(name) : undefined
  }

  list(name: string, limits: { min: number; max: number }): Fields[] {
    if (!this.has(name)) throw this.missing(name)
    const value = this.values[name]
    if (!Array.isArray(value)) throw new GraphError(100, `Param ${this.at(name)} must be an array.`)
    if (value.length < limits.min || value.length > limits.max) {
      throw new GraphError(131009, `Param ${this.at(name)} must have between ${limits.min} and ${limits.max} items, got ${value.length}.`)
    }
    return value.map((item, index) => Fields.of(item, `${this.at(name)}[${index}]`))
  }

  optionalList(name: string, limits: { min: number; max: number }): Fields[] {
    return this.has(name) ? this.list(name, limits) : []
  }

  private at(name: string): string {
    return this.path === '' ? name : `${this.path}['${name}']`
  }

  private missing(name: string): GraphError {
    return new GraphError(131008, `Param ${this.at(name)} is required.`)
  }
}
