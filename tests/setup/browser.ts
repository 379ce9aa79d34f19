import { spawnSync } from 'node:child_process'
import sparticuz from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/**
 * A real Chromium: the one named by WEFT_CHROMIUM, else an installed one, else the one that npm brought. The package's own
 * launch arguments are never used, because they switch off web security.
 */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.WEFT_CHROMIUM || installed() || (await sparticuz.executablePath())
  return chromium.launch({
    executablePath,
    headless: true,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--no-first-run'],
  })
}

function installed(): string | undefined {
  for (const name of ['chromium', 'google-chrome', 'chromium-browser']) {
    const found = spawnSync('which', [name], { encoding: 'utf8' })
    if (found.status === 0) return found.stdout.trim()
  }
  return undefined
}
