import { Form } from '@remix-run/react'
import { LogOut, Monitor, Moon, Sun } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LANGUAGE_NAMES, LANGUAGES } from '#app/i18n/languages.ts'
import { THEMES, type Theme } from '#app/i18n/page-settings.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Menu, MenuChoices, MenuItem, MenuLabel, MenuLine } from '../ui/menu.tsx'
import { chooseLanguage, chooseTheme } from './appearance.ts'
import { usePage, useViewer } from './viewer.ts'

const THEME_ICONS: Record<Theme, ReactNode> = {
  system: <Monitor aria-hidden />,
  light: <Sun aria-hidden />,
  dark: <Moon aria-hidden />,
}

/** Who is signed in, and what they may set for themselves. */
export function AccountMenu({ side, align }: { side?: 'right' | 'bottom'; align?: 'start' | 'end' }) {
  const { t } = useTranslation('shell')
  const viewer = useViewer()
  const page = usePage()
  const [theme, setTheme] = useState<Theme>(page.theme)
  const signOut = useRef<HTMLFormElement>(null)
  return (
    <>
      <Menu
        side={side}
        align={align}
        className="w-64"
        trigger={
          <button type="button" aria-label={t('account.open')} className="rounded-full pointer-coarse:p-1">
            <Avatar name={viewer.name} seed={viewer.memberId} size="small" className="size-8" />
          </button>
        }
      >
        <div className="px-2.5 py-2">
          <p className="truncate font-medium">{viewer.name}</p>
          <p className="truncate text-ink-soft text-xs">{viewer.tenantName}</p>
        </div>
        <MenuLine />
        <MenuLabel>{t('account.theme')}</MenuLabel>
        <MenuChoices
          value={theme}
          onChange={(value) => {
            setTheme(value)
            void chooseTheme(value)
          }}
          choices={THEMES.map((value) => ({ value, label: t(`account.${value}`), icon: THEME_ICONS[value] }))}
        />
        <MenuLine />
        <MenuLabel>{t('account.language')}</MenuLabel>
        <MenuChoices
          value={page.language}
          onChange={(value) => void chooseLanguage(value)}
          choices={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value], lang: value }))}
        />
        <MenuLine />
        <MenuItem onSelect={() => signOut.current?.requestSubmit()}>
          <LogOut aria-hidden className="mirror" />
          {t('account.sign_out')}
        </MenuItem>
      </Menu>
      {/* Outside the menu, which is gone by the time the form is submitted. */}
      <Form ref={signOut} method="post" action="/logout" reloadDocument hidden />
    </>
  )
}
