package photo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
	"golang.org/x/sync/semaphore"

	"skein/frame/civic"
)

// Photo is a picture fit to keep.
type Photo struct {
	JPEG  []byte
	W, H  int    // pixels
	Media string // always "image/jpeg"
	From  string // media type of what was sent
}

// Limits bound what is taken.
type Limits struct {
	Bytes  int64 // of the file
	Pixels int64 // width × height
	Side   int   // of the result, pixels
}

// Default is 20 MB, 40 megapixels, and results of at most 2048 pixels a side.
var Default = Limits{Bytes: 20 << 20, Pixels: 40_000_000, Side: 2048}

// memory is what all pictures being decoded may take at one time, in bytes; a single
// picture that would take more is refused.
const memory = 192 << 20

var budget = semaphore.NewWeighted(memory)

const quality = 82

// Reencode reads a photo (JPEG, PNG, GIF or WebP; of an animation the first picture)
// and writes it anew. It waits while other photos use up the memory there is for it.
//
// Refusals: photo.empty, photo.too_large, photo.cut_off (the reader failed),
// photo.unknown_type, photo.heic, photo.animated (WebP only), photo.too_many_pixels,
// photo.damaged, photo.busy (ctx ended while it waited).
func Reencode(ctx context.Context, r io.Reader, limits Limits) (Photo, civic.Refusals) {
	data, err := io.ReadAll(io.LimitReader(r, limits.Bytes+1))
	switch {
	case int64(len(data)) > limits.Bytes:
		return refuse(civic.TooLarge, "photo.too_large", "megabytes", limits.Bytes>>20)
	case err != nil:
		return refuse(civic.Malformed, "photo.cut_off")
	case len(data) == 0:
		return refuse(civic.Malformed, "photo.empty")
	}
	media := sniff(data)
	switch media {
	case "":
		return refuse(civic.Unsupported, "photo.unknown_type")
	case "image/heic":
		return refuse(civic.Unsupported, "photo.heic")
	}
	if media == "image/webp" && animated(data) {
		return refuse(civic.Unsupported, "photo.animated")
	}
	config, err := measure(media, data)
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		return refuse(civic.Malformed, "photo.damaged")
	}
	pixels := int64(config.Width) * int64(config.Height)
	weight := cost(media, data, config)
	most := min(limits.Pixels, int64(float64(memory)/weight))
	if pixels > most || config.Width > 1<<16 || config.Height > 1<<16 {
		return refuse(civic.TooLarge, "photo.too_many_pixels", "width", config.Width, "height", config.Height,
			"megapixels", most/1_000_000)
	}
	share := int64(float64(pixels) * weight)
	if budget.Acquire(ctx, share) != nil {
		return refuse(civic.Unavailable, "photo.busy")
	}
	defer budget.Release(share)

	img, err := decode(media, data)
	if err != nil {
		return refuse(civic.Malformed, "photo.damaged")
	}
	small := shrink(img, image.Rect(0, 0, config.Width, config.Height), limits.Side)
	img = nil
	small = turn(small, orientation(media, data))
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: quality}); err != nil {
		return refuse(civic.Malformed, "photo.damaged")
	}
	size := small.Bounds()
	return Photo{JPEG: out.Bytes(), W: size.Dx(), H: size.Dy(), Media: "image/jpeg", From: media}, nil
}

func refuse(kind civic.Kind, key string, args ...any) (Photo, civic.Refusals) {
	return Photo{}, civic.Refusals{civic.Refuse(kind, key, args...)}
}

// sniff tells the type by the first bytes; the name and the type claimed by who sends
// it count for nothing.
func sniff(b []byte) string {
	has := func(at int, text string) bool { return len(b) >= at+len(text) && string(b[at:at+len(text)]) == text }
	switch {
	case has(0, "\xff\xd8\xff"):
		return "image/jpeg"
	case has(0, "\x89PNG\r\n\x1a\n"):
		return "image/png"
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return "image/gif"
	case has(0, "RIFF") && has(8, "WEBP"):
		return "image/webp"
	case has(4, "ftyp"): // ISO base media: HEIC, HEIF, AVIF
		for _, brand := range []string{"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis"} {
			if has(8, brand) {
				return "image/heic"
			}
		}
	}
	return ""
}

func measure(media string, data []byte) (image.Config, error) {
	r := bytes.NewReader(data)
	switch media {
	case "image/jpeg":
		return jpeg.DecodeConfig(r)
	case "image/png":
		return png.DecodeConfig(r)
	case "image/gif":
		return gif.DecodeConfig(r)
	default:
		return webp.DecodeConfig(r)
	}
}

// cost is the memory that decoding takes, in bytes a pixel, never too low: the decoded
// planes, and what the decoder keeps beside them.
func cost(media string, data []byte, config image.Config) float64 {
	switch media {
	case "image/jpeg":
		n, progressive := frame(data)
		bytes := float64(max(n, 3))
		if n == 4 {
			bytes *= 2 // the planes, then CMYK made of them
		}
		if progressive {
			bytes += 4 * float64(max(n, 1)) // all coefficients as 32-bit numbers
		}
		return bytes
	case "image/png":
		return 12 // 16-bit RGBA, and the largest pass of an interlaced one
	case "image/gif":
		return 2
	default:
		return 8
	}
}

var errPanic = errors.New("photo: the decoder gave up")

func decode(media string, data []byte) (img image.Image, err error) {
	defer func() {
		if p := recover(); p != nil { // a fault in a decoder is one bad photo, not the end of the server
			img, err = nil, fmt.Errorf("%w: %v", errPanic, p)
		}
	}()
	r := bytes.NewReader(data)
	switch media {
	case "image/jpeg":
		return jpeg.Decode(r)
	case "image/png":
		return png.Decode(r)
	case "image/gif":
		return gif.Decode(r) // the first picture
	default:
		return webp.Decode(r)
	}
}
