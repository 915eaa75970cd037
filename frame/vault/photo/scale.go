package photo

import (
	"image"
	"image/color"
	"math"
)

// shrink copies an image onto white, no larger than side, with a Catmull-Rom filter
// widened by the factor (as golang.org/x/image/draw has it). It works row by row in
// bytes: draw's own scaler would keep 32 bytes for every pixel of the half-scaled image.
// Canvas is the size the file claims; a GIF's picture may lie in a part of it.
func shrink(src image.Image, canvas image.Rectangle, side int) *image.RGBA {
	sw, sh := canvas.Dx(), canvas.Dy()
	dw, dh := sw, sh
	if long := max(sw, sh); long > side {
		dw = max(1, (sw*side+long/2)/long)
		dh = max(1, (sh*side+long/2)/long)
	}
	row := make([]byte, 3*sw)
	if dw == sw && dh == sh {
		dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
		for y := range dh {
			line(src, canvas, y, row)
			opaque(dst.Pix[y*dst.Stride:], row)
		}
		return dst
	}
	across, down := taps(sw, dw), taps(sh, dh)
	half := make([]byte, 3*dw*sh)
	for y := range sh {
		line(src, canvas, y, row)
		out := half[3*dw*y:][:3*dw]
		for x, t := range across {
			var r, g, b float32
			from := row[3*t.from:]
			for i, w := range t.weights {
				p := from[3*i : 3*i+3 : 3*i+3]
				r += w * float32(p[0])
				g += w * float32(p[1])
				b += w * float32(p[2])
			}
			out[3*x], out[3*x+1], out[3*x+2] = round(r), round(g), round(b)
		}
	}
	dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
	sum := make([]float32, 3*dw)
	for y, t := range down {
		clear(sum)
		for i, w := range t.weights {
			from := half[3*dw*(t.from+i):][:len(sum)]
			for x := range sum {
				sum[x] += w * float32(from[x])
			}
		}
		for x, v := range sum {
			row[x] = round(v)
		}
		opaque(dst.Pix[y*dst.Stride:], row[:3*dw])
	}
	return dst
}

// tap is the share that neighbouring source pixels have in one pixel of the result.
type tap struct {
	from    int
	weights []float32 // sum to 1
}

func taps(from, to int) []tap {
	scale := float64(from) / float64(to)
	width := math.Max(scale, 1)
	out := make([]tap, to)
	for i := range out {
		centre := (float64(i)+0.5)*scale - 0.5
		first := max(0, int(math.Ceil(centre-2*width)))
		last := min(from-1, int(math.Floor(centre+2*width)))
		t := tap{from: first, weights: make([]float32, last-first+1)}
		var sum float64
		for j := range t.weights {
			w := catmullRom((float64(first+j) - centre) / width)
			t.weights[j] = float32(w)
			sum += w
		}
		for j := range t.weights {
			t.weights[j] /= float32(sum)
		}
		out[i] = t
	}
	return out
}

// catmullRom is the cubic with B = 0, C = ½ (Mitchell and Netravali 1988).
func catmullRom(x float64) float64 {
	x = math.Abs(x)
	switch {
	case x < 1:
		return (1.5*x-2.5)*x*x + 1
	case x < 2:
		return ((-0.5*x+2.5)*x-4)*x + 2
	}
	return 0
}

func round(v float32) byte {
	return byte(min(max(v+0.5, 0), 255))
}

// opaque writes a row of RGB as RGBA.
func opaque(dst, row []byte) {
	for i, j := 0, 0; i < len(row); i, j = i+3, j+4 {
		d, s := dst[j:j+4:j+4], row[i:i+3:i+3]
		d[0], d[1], d[2], d[3] = s[0], s[1], s[2], 255
	}
}

// line writes row y of an image on white as RGB.
func line(src image.Image, canvas image.Rectangle, y int, row []byte) {
	if b := src.Bounds(); b != canvas {
		for i := range row {
			row[i] = 255
		}
		if y < b.Min.Y || y >= b.Max.Y {
			return
		}
		lo, hi := max(b.Min.X, 0), min(b.Max.X, canvas.Dx())
		if lo < hi {
			span(src, lo, hi, y, row[3*lo:])
		}
		return
	}
	span(src, 0, canvas.Dx(), y, row)
}

func span(src image.Image, lo, hi, y int, row []byte) {
	i := 0
	put := func(r, g, b byte) { row[i], row[i+1], row[i+2] = r, g, b; i += 3 }
	switch src := src.(type) {
	case *image.YCbCr:
		for x := lo; x < hi; x++ {
			c := src.COffset(x, y)
			r, g, b := color.YCbCrToRGB(src.Y[src.YOffset(x, y)], src.Cb[c], src.Cr[c])
			row[i], row[i+1], row[i+2] = r, g, b
			i += 3
		}
	case *image.Gray:
		for x := lo; x < hi; x++ {
			v := src.Pix[src.PixOffset(x, y)]
			put(v, v, v)
		}
	case *image.NRGBA:
		for x := lo; x < hi; x++ {
			p := src.Pix[src.PixOffset(x, y):]
			a := uint32(p[3])
			white := (255 - a) * 255
			put(byte((uint32(p[0])*a+white+127)/255), byte((uint32(p[1])*a+white+127)/255), byte((uint32(p[2])*a+white+127)/255))
		}
	default:
		for x := lo; x < hi; x++ {
			r, g, b, a := src.At(x, y).RGBA() // premultiplied, 16 bits
			white := 0xffff - a
			put(byte((r+white)>>8), byte((g+white)>>8), byte((b+white)>>8))
		}
	}
}

// turn sets a picture upright by its Exif orientation: 2 mirrored, 3 upside down,
// 4 both, 5 mirrored and 6 turned by a quarter, 7 and 8 the other way.
func turn(src *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 || orientation > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		dst = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			var tx, ty int
			switch orientation {
			case 2:
				tx, ty = w-1-x, y
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				tx, ty = x, h-1-y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			copy(dst.Pix[dst.PixOffset(tx, ty):][:4], src.Pix[src.PixOffset(x, y):][:4])
		}
	}
	return dst
}
