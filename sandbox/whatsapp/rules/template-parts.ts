/** Reading templates' components, whose keys and types Meta accepts in either case. */

export type Component = Record<string, unknown>

export interface TemplateButton {
  type: string
  text: string
  url: string
  phoneNumber: string
}

export function componentOf(components: readonly Component[], type: string): Component | undefined {
  return components.find((component) => typeof component.type === 'string' && component.type.toUpperCase() === type)
}

export function textOf(component: Component): string {
  return typeof component.text === 'string' ? component.text : ''
}

export function formatOf(header: Component): string {
  return typeof header.format === 'string' ? header.format.toUpperCase() : 'TEXT'
}

export function buttonsOf(components: readonly Component[]): TemplateButton[] {
  const buttons = componentOf(components, 'BUTTONS')?.buttons
  if (!Array.isArray(buttons)) return []
  return buttons.map((button: Record<string, unknown>) => ({
    type: String(button.type ?? '').toUpperCase(),
    text: typeof button.text === 'string' ? button.text : '',
    url: typeof button.url === 'string' ? button.url : '',
    phoneNumber: typeof button.phone_number === 'string' ? button.phone_number : '',
  }))
}

const VARIABLE = /\{\{\s*([\w]+)\s*\}\}/g

/** Names of the variables, each once, in order. */
export function variablesOf(text: string): string[] {
  return [...new Set([...text.matchAll(VARIABLE)].map((match) => match[1] ?? ''))]
}

export function fillVariables(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(VARIABLE, (whole, name: string) => values.get(name) ?? whole)
}
