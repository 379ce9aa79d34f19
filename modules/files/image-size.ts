import sharp from 'sharp'

/** Pictures that would fill the memory when opened are treated as files. */
const MOST_PIXELS = 100_000_000

export interface ImageSize {
  width: number
  height: number
}

/** How large a picture is shown, in pixels, turned as its EXIF says; null when it can't be read as a picture. Reads headers only. */
export async function imageSize(bytes: Uint8Array): Promise<ImageSize | null> {
  try {
    const { width, height, orientation } = await sharp(bytes, { limitInputPixels: MOST_PIXELS }).metadata()
    return orientation !== undefined && orientation >= 5 ? { width: height, height: width } : { width, height }
  } catch {
    return null
  }
}
