package face

import (
	"image/color"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// QR is a QR code (ISO/IEC 18004) as the path of an SVG, and how many modules a side has.
type QR struct {
	Path string
	Side int
}

// NewQR draws a text. On paper it is folded and smudged, so a good part of it may be unreadable; what is only shown on a screen
// does with less (qr.L).
func NewQR(text string, level qr.ErrorCorrectionLevel) (QR, error) {
	code, err := qr.Encode(text, level, qr.Auto)
	if err != nil {
		return QR{}, err
	}
	var b strings.Builder
	box := code.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if color.GrayModel.Convert(code.At(x, y)).(color.Gray).Y < 128 {
				b.WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(y) + "h1v1h-1z")
			}
		}
	}
	return QR{b.String(), box.Dx()}, nil
}
