/** What was compared for one invariant, and what did not hold. */
export class Finding {
  readonly name: string
  readonly title: string
  checks = 0
  readonly violations: string[] = []

  constructor(name: string, title: string) {
    this.name = name
    this.title = title
  }

  /** @param problem the sentence with the ids involved, made only when it does not hold */
  check(holds: boolean, problem: () => string): void {
    this.checks += 1
    if (!holds) this.violations.push(problem())
  }
}
