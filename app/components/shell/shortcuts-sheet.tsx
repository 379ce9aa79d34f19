import { Switch } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../ui/dialog.tsx'
import { Key } from '../ui/key.tsx'
import { useShortcutSetting } from './use-shortcuts.ts'

const GROUPS = [
  {
    name: 'moving',
    rows: [
      ['next', ['J', '↓']],
      ['previous', ['K', '↑']],
      ['open_conversation', ['Enter']],
      ['list', ['Esc']],
      ['help', ['?']],
    ],
  },
  {
    name: 'conversation',
    rows: [
      ['reply', ['R']],
      ['resolve', ['E']],
      ['assign', ['A']],
      ['details', ['I']],
    ],
  },
  {
    name: 'writing',
    rows: [
      ['send', ['Enter']],
      ['new_line', ['Shift', 'Enter']],
      ['leave', ['Esc']],
    ],
  },
] as const

/** All keys on one sheet, and the switch that turns the single ones off. */
export function ShortcutsSheet({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const { t } = useTranslation('shell')
  const [isEnabled, setEnabled] = useShortcutSetting()
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('shortcuts.title')}>
      <div className="overflow-y-auto px-5 py-4">
        {GROUPS.map((group) => (
          <section key={group.name} className="mb-4">
            <h3 className="mb-1 font-medium text-ink-faint text-xs">{t(`shortcuts.groups.${group.name}`)}</h3>
            <dl>
              {group.rows.map(([name, keys]) => (
                <div key={name} className="flex items-center justify-between gap-4 py-1">
                  <dt>{t(`shortcuts.${name}`)}</dt>
                  <dd className="flex gap-1" dir="ltr">
                    {keys.map((key) => (
                      <Key key={key}>{key}</Key>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <div className="flex items-start justify-between gap-4 border-line border-t pt-4">
          <label htmlFor="shortcuts-enabled">
            {t('shortcuts.enabled')}
            <span className="block text-ink-soft text-xs">{t('shortcuts.enabled_hint')}</span>
          </label>
          <Switch.Root
            id="shortcuts-enabled"
            checked={isEnabled}
            onCheckedChange={setEnabled}
            className="relative mt-0.5 h-5 w-9 shrink-0 rounded-full bg-line-strong transition-colors data-[state=checked]:bg-accent"
          >
            <Switch.Thumb className="block size-4 translate-x-0.5 rounded-full bg-white transition-transform data-[state=checked]:translate-x-4.5 rtl:-translate-x-0.5 rtl:data-[state=checked]:-translate-x-4.5" />
          </Switch.Root>
        </div>
      </div>
    </Dialog>
  )
}
