import { Form } from '@remix-run/react'
import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FailureCode } from '#platform/failures.ts'
import { Mark } from '../shell/mark.tsx'
import { Button } from '../ui/button.tsx'
import { LanguageSwitch } from './language-switch.tsx'

export interface LoginRefusal {
  code: FailureCode
  email: string
}

const FIELD = 'h-11 w-full rounded-lg border border-line bg-surface px-3.5 text-[0.9375rem] aria-[invalid]:border-danger'

/** Email and password. Works before any script has loaded, and loads the page anew: it may be in the person's own language then. */
export function LoginScreen({ refusal, next, hasSignedOut }: { refusal: LoginRefusal | null; next: string | null; hasSignedOut: boolean }) {
  const { t } = useTranslation(['login', 'shell'])
  const [isBusy, setBusy] = useState(false)
  const [isShown, setShown] = useState(false)
  const words =
    refusal &&
    (refusal.code === 'credentials_wrong' || refusal.code === 'rate_limited' || refusal.code === 'invalid_input' ? refusal.code : 'other')
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex flex-col items-center gap-3 text-center">
          <Mark className="size-12" />
          <div>
            <h1 className="font-semibold text-2xl tracking-tight">{t('welcome')}</h1>
            <p className="mt-1 text-ink-soft">{t('intro')}</p>
          </div>
        </div>
        <Form
          method="post"
          reloadDocument
          onSubmit={() => setBusy(true)}
          className="flex flex-col gap-4 rounded-2xl border border-line bg-surface p-6 shadow-card"
        >
          {next && <input type="hidden" name="next" value={next} />}
          {hasSignedOut && !words && <p className="rounded-lg bg-success-soft px-3 py-2 text-success">{t('signed_out')}</p>}
          {words && (
            <p role="alert" id="login-refused" className="rounded-lg bg-danger-soft px-3 py-2 text-danger">
              {t(`refused.${words}`)}
            </p>
          )}
          <label className="block">
            <span className="mb-1.5 block font-medium">{t('email')}</span>
            <input
              name="email"
              type="email"
              dir="ltr"
              required
              autoComplete="username"
              defaultValue={refusal?.email}
              aria-invalid={words !== null || undefined}
              aria-describedby={words ? 'login-refused' : undefined}
              className={FIELD}
            />
          </label>
          <div>
            <label htmlFor="password" className="mb-1.5 block font-medium">
              {t('password')}
            </label>
            {/* Left to right like what is typed, so that the button is never over the first letters. */}
            <div dir="ltr" className="relative">
              <input
                id="password"
                name="password"
                type={isShown ? 'text' : 'password'}
                dir="ltr"
                required
                autoComplete="current-password"
                aria-invalid={words !== null || undefined}
                aria-describedby={words ? 'login-refused' : undefined}
                className={`${FIELD} pe-11`}
              />
              <button
                type="button"
                onClick={() => setShown(!isShown)}
                aria-label={t(isShown ? 'hide' : 'show')}
                aria-pressed={isShown}
                className="absolute end-1 top-1 flex size-9 items-center justify-center rounded-md text-ink-faint hover:text-ink"
              >
                {isShown ? <EyeOff aria-hidden className="size-4.5" /> : <Eye aria-hidden className="size-4.5" />}
              </button>
            </div>
          </div>
          <Button type="submit" kind="primary" size="large" busy={isBusy} className="mt-1 w-full">
            {t('submit')}
          </Button>
        </Form>
        <LanguageSwitch />
      </div>
    </main>
  )
}
