import { Mic, Pause, Play } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#app/live/hooks.ts'

const SPEEDS = [1, 1.5, 2] as const

/** A voice note or sound with play, position and speed; playing one stops the other. */
export function AudioPart({ url, kind }: { url: string; kind: 'audio' | 'voice' }) {
  const { t } = useTranslation('thread')
  const format = useFormat()
  const audio = useRef<HTMLAudioElement>(null)
  const [isPlaying, setPlaying] = useState(false)
  const [place, setPlace] = useState({ at: 0, of: 0 })
  const [speed, setSpeed] = useState<(typeof SPEEDS)[number]>(1)
  const update = () => {
    const element = audio.current
    // Streams without a length say Infinity until they end.
    if (element) setPlace({ at: element.currentTime, of: Number.isFinite(element.duration) ? element.duration : 0 })
  }
  const toggle = () => {
    const element = audio.current
    if (!element) return
    if (!element.paused) return element.pause()
    for (const other of document.querySelectorAll('audio')) if (other !== element) other.pause()
    void element.play().catch(() => setPlaying(false))
  }
  const changeSpeed = () => {
    const next = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1
    setSpeed(next)
    if (audio.current) audio.current.playbackRate = next
  }
  return (
    <div className="flex w-64 max-w-full items-center gap-2.5">
      {/* biome-ignore lint/a11y/useMediaCaption: nobody transcribed it */}
      <audio
        ref={audio}
        src={url}
        preload="metadata"
        onLoadedMetadata={update}
        onTimeUpdate={update}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setPlaying(false)}
      />
      <button
        type="button"
        onClick={toggle}
        aria-label={t(isPlaying ? 'pause' : 'play')}
        className="flex size-10 shrink-0 items-center justify-center rounded-full bg-accent text-on-accent hover:bg-accent-hover"
      >
        {isPlaying ? (
          <Pause aria-hidden className="size-4 fill-current" />
        ) : (
          <Play aria-hidden className="size-4 translate-x-px fill-current" />
        )}
      </button>
      <div className="min-w-0 flex-1">
        <input
          type="range"
          aria-label={t('position')}
          min={0}
          max={place.of || 1}
          step={0.1}
          value={place.at}
          aria-valuetext={`${format.clock(place.at)} / ${format.clock(place.of)}`}
          onChange={(event) => {
            if (audio.current) audio.current.currentTime = Number(event.target.value)
          }}
          className="h-4 w-full cursor-pointer accent-accent"
        />
        <p className="flex items-center gap-1 text-ink-soft text-xs tabular-nums">
          {kind === 'voice' && <Mic role="img" aria-label={t('voice')} className="size-3" />}
          <span dir="ltr">{format.clock(isPlaying || place.at > 0 ? place.at : place.of)}</span>
        </p>
      </div>
      <button
        type="button"
        onClick={changeSpeed}
        aria-label={t('speed', { speed })}
        className="h-7 min-w-9 rounded-full bg-bubble-quote px-2 font-medium text-xs tabular-nums hover:brightness-95"
      >
        {speed}×
      </button>
    </div>
  )
}
