package photo

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"os"
	"regexp"
	"sort"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"golang.org/x/image/draw"

	"skein/frame/civic"
)

var ctx = context.Background()

// picture is 64 × 32 with a red upper left, a green upper right and a blue lower half.
func picture() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 64, 32))
	for y := range 32 {
		for x := range 64 {
			c := color.RGBA{0, 0, 255, 255}
			if y < 16 {
				c = color.RGBA{255, 0, 0, 255}
				if x >= 32 {
					c = color.RGBA{0, 255, 0, 255}
				}
			}
			m.Set(x, y, c)
		}
	}
	return m
}

func jpegOf(m image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

const planted = "GPS 42.3601N 71.0589W"

// exif is a TIFF header with an orientation and a GPS directory that ends in the marker.
func exif(orientation int, order binary.ByteOrder) []byte {
	mark := map[binary.ByteOrder]string{binary.LittleEndian: "II*\x00", binary.BigEndian: "MM\x00*"}[order]
	b := []byte(mark)
	u16 := func(v int) { b = append(b, 0, 0); order.PutUint16(b[len(b)-2:], uint16(v)) }
	u32 := func(v int) { b = append(b, 0, 0, 0, 0); order.PutUint32(b[len(b)-4:], uint32(v)) }
	u32(8)
	u16(2)
	u16(0x0112)
	u16(3)
	u32(1)
	u16(orientation)
	u16(0)
	u16(0x8825) // GPS directory
	u16(4)
	u32(1)
	u32(38)
	u32(0)
	u16(1)
	u16(0x001b) // how the place was found, a text
	u16(2)
	u32(len(planted))
	u32(56)
	u32(0)
	return append(b, planted...)
}

func withExif(jpg, tiff []byte) []byte {
	body := append([]byte("Exif\x00\x00"), tiff...)
	seg := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	comment := append([]byte{0xff, 0xfe, 0, byte(2 + len(planted))}, planted...)
	return bytes.Join([][]byte{jpg[:2], comment, seg, body, jpg[2:]}, nil)
}

func withChunk(pngData []byte, name string, body []byte) []byte {
	c := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	c = append(append(c, name...), body...)
	c = binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
	at := 8 + 25 // after the header chunk
	return bytes.Join([][]byte{pngData[:at], c, pngData[at:]}, nil)
}

func pngOf(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func at(t *testing.T, p Photo, x, y int) string {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(p.JPEG))
	if err != nil {
		t.Fatal(err)
	}
	r, g, b, _ := m.At(x, y).RGBA()
	switch {
	case r > 0xa000 && g > 0xa000 && b > 0xa000:
		return "white"
	case r > 0xa000:
		return "red"
	case g > 0xa000:
		return "green"
	case b > 0xa000:
		return "blue"
	}
	return "dark"
}

func reencode(t *testing.T, data []byte) Photo {
	t.Helper()
	p, rs := Reencode(ctx, bytes.NewReader(data), Default)
	if rs != nil {
		t.Fatal(rs)
	}
	if p.Media != "image/jpeg" || sniff(p.JPEG) != p.Media {
		t.Errorf("media %s", p.Media)
	}
	return p
}

// However the camera was held, the corners are where the photographer saw them, and
// nothing of the camera's notes is left.
func TestOrientationAndNotes(t *testing.T) {
	// upper left, upper right, lower left, lower right as seen
	seen := map[int][4]string{
		1: {"red", "green", "blue", "blue"},
		2: {"green", "red", "blue", "blue"},
		3: {"blue", "blue", "green", "red"},
		4: {"blue", "blue", "red", "green"},
		5: {"red", "blue", "green", "blue"},
		6: {"blue", "red", "blue", "green"},
		7: {"blue", "green", "blue", "red"},
		8: {"green", "blue", "red", "blue"},
		9: {"red", "green", "blue", "blue"},
	}
	for o, want := range seen {
		for name, data := range map[string][]byte{
			"jpeg, little-endian": withExif(jpegOf(picture()), exif(o, binary.LittleEndian)),
			"jpeg, big-endian":    withExif(jpegOf(picture()), exif(o, binary.BigEndian)),
			"png":                 withChunk(withChunk(pngOf(picture()), "eXIf", exif(o, binary.BigEndian)), "tEXt", []byte("Comment\x00"+planted)),
		} {
			if !bytes.Contains(data, []byte(planted)) {
				t.Fatal("nothing planted")
			}
			p := reencode(t, data)
			w, h := 64, 32
			if o >= 5 && o <= 8 {
				w, h = 32, 64
			}
			if p.W != w || p.H != h {
				t.Errorf("%s held %d: %d × %d", name, o, p.W, p.H)
				continue
			}
			got := [4]string{at(t, p, 4, 4), at(t, p, w-5, 4), at(t, p, 4, h-5), at(t, p, w-5, h-5)}
			if got != want {
				t.Errorf("%s held %d: %v, not %v", name, o, got, want)
			}
			for _, trace := range []string{planted, "Exif", "GPS", "II*", "MM\x00*", "JFIF", "ICC_PROFILE"} {
				if bytes.Contains(p.JPEG, []byte(trace)) {
					t.Errorf("%s: %q is still in it", name, trace)
				}
			}
		}
	}
}

// onePixel is a lossless WebP of one pixel.
const onePixel = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="

func webpOf() []byte {
	b, err := base64.StdEncoding.DecodeString(onePixel)
	if err != nil {
		panic(err)
	}
	return b
}

func extended(flags byte, rest []byte) []byte {
	vp8x := append([]byte("VP8X\x0a\x00\x00\x00"), flags, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	body := append(append([]byte("WEBP"), vp8x...), rest...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func TestKinds(t *testing.T) {
	film := &gif.GIF{Config: image.Config{Width: 64, Height: 32}}
	for i, r := range []image.Rectangle{image.Rect(32, 0, 64, 32), image.Rect(0, 0, 64, 32)} {
		m := image.NewPaletted(r, color.Palette{color.RGBA{255, 0, 0, 255}, color.RGBA{0, 0, 255, 255}})
		for j := range m.Pix {
			m.Pix[j] = uint8(i)
		}
		film.Image = append(film.Image, m)
		film.Delay = append(film.Delay, 10)
	}
	var gifData bytes.Buffer
	if err := gif.EncodeAll(&gifData, film); err != nil {
		t.Fatal(err)
	}
	if p := reencode(t, gifData.Bytes()); p.W != 64 || at(t, p, 60, 16) != "red" || at(t, p, 4, 16) != "white" {
		t.Errorf("of a film the first picture, on white: %s %s", at(t, p, 60, 16), at(t, p, 4, 16))
	}
	if p := reencode(t, webpOf()); p.W != 1 || p.H != 1 || p.From != "image/webp" {
		t.Errorf("webp: %d × %d", p.W, p.H)
	}

	clear := image.NewNRGBA(image.Rect(0, 0, 16, 16))
	if p := reencode(t, pngOf(clear)); at(t, p, 8, 8) != "white" {
		t.Errorf("clear is %s", at(t, p, 8, 8))
	}
	deep := image.NewNRGBA64(image.Rect(0, 0, 16, 16))
	for i := range deep.Pix {
		deep.Pix[i] = 0xff
	}
	deep.Set(0, 0, color.NRGBA64{0, 0, 0, 0x8000})
	if p := reencode(t, pngOf(deep)); at(t, p, 12, 12) != "white" {
		t.Errorf("16 bits: %s", at(t, p, 12, 12))
	}
	grey := image.NewGray(image.Rect(0, 0, 16, 16))
	if p := reencode(t, jpegOf(grey)); at(t, p, 8, 8) != "dark" {
		t.Errorf("grey is %s", at(t, p, 8, 8))
	}
	big := image.NewGray(image.Rect(0, 0, 4100, 1025))
	if p := reencode(t, jpegOf(big)); p.W != 2048 || p.H != 512 {
		t.Errorf("large: %d × %d", p.W, p.H)
	}
	thin := image.NewGray(image.Rect(0, 0, 5000, 1))
	if p := reencode(t, pngOf(thin)); p.W != 2048 || p.H != 1 {
		t.Errorf("thin: %d × %d", p.W, p.H)
	}
}

func header(sof byte, w, h, components int) []byte {
	b := []byte{0xff, 0xd8, 0xff, sof, 0, byte(8 + 3*components), 8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), byte(components)}
	for i := range components {
		b = append(b, byte(i+1), 0x11, 0)
	}
	return append(b, 0xff, 0xda, 0, 2)
}

func bomb(w, h uint32) []byte {
	b := pngOf(image.NewGray(image.Rect(0, 0, 1, 1)))
	binary.BigEndian.PutUint32(b[16:], w)
	binary.BigEndian.PutUint32(b[20:], h)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func TestRefusals(t *testing.T) {
	whole := jpegOf(picture())
	heic := []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00")
	for _, c := range []struct {
		name string
		data []byte
		want string
		kind civic.Kind
	}{
		{"nothing", nil, "photo.empty", civic.Malformed},
		{"40 MB", append(whole[:len(whole):len(whole)], make([]byte, 40<<20)...), "photo.too_large", civic.TooLarge},
		{"text", []byte("'; DROP TABLE photos"), "photo.unknown_type", civic.Unsupported},
		{"SVG", []byte("<svg onload=alert(1)>"), "photo.unknown_type", civic.Unsupported},
		{"PDF", []byte("%PDF-1.7"), "photo.unknown_type", civic.Unsupported},
		{"film", []byte("\x00\x00\x00\x18ftypisom"), "photo.unknown_type", civic.Unsupported},
		{"HEIC", heic, "photo.heic", civic.Unsupported},
		{"AVIF", bytes.Replace(heic, []byte("heic"), []byte("avif"), 1), "photo.heic", civic.Unsupported},
		{"moving WebP", extended(2, webpOf()[12:]), "photo.animated", civic.Unsupported},
		{"PNG bomb", bomb(50_000, 50_000), "photo.too_many_pixels", civic.TooLarge},
		{"PNG, 25 MP of 16 bits", bomb(5_000, 5_000), "photo.too_many_pixels", civic.TooLarge},
		{"PNG, long", bomb(1<<17, 1), "photo.too_many_pixels", civic.TooLarge},
		{"GIF bomb", append([]byte("GIF89a\xff\xff\xff\xff\x00\x00\x00"), make([]byte, 64)...), "photo.too_many_pixels", civic.TooLarge},
		{"JPEG bomb", header(0xc0, 65_500, 65_500, 3), "photo.too_many_pixels", civic.TooLarge},
		{"progressive JPEG of 39 MP", header(0xc2, 7_800, 5_000, 3), "photo.too_many_pixels", civic.TooLarge},
		{"baseline JPEG of 39 MP, no data", header(0xc0, 7_800, 5_000, 3), "photo.damaged", civic.Malformed},
		{"first bytes only", whole[:3], "photo.damaged", civic.Malformed},
		{"cut", whole[:len(whole)/2], "photo.damaged", civic.Malformed},
		{"PNG cut", pngOf(picture())[:60], "photo.damaged", civic.Malformed},
		{"WebP cut", webpOf()[:20], "photo.damaged", civic.Malformed},
		{"GIF cut", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00"), "photo.damaged", civic.Malformed},
	} {
		p, rs := Reencode(ctx, bytes.NewReader(c.data), Default)
		if len(rs) != 1 || rs[0].Key != c.want || rs[0].Kind != c.kind || p.JPEG != nil {
			t.Errorf("%s: %v, not %s", c.name, rs, c.want)
		}
	}
	if _, rs := Reencode(ctx, io.MultiReader(bytes.NewReader(whole), iotest.ErrReader(errors.New("gone"))), Default); len(rs) != 1 || rs[0].Key != "photo.cut_off" {
		t.Errorf("a reader that fails: %v", rs)
	}
}

// While others use up the memory a photo waits, and gives up with its context.
func TestWaits(t *testing.T) {
	if err := budget.Acquire(ctx, memory); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, rs := Reencode(gone, bytes.NewReader(jpegOf(picture())), Default); len(rs) != 1 || rs[0].Key != "photo.busy" {
		t.Errorf("%v", rs)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, rs := Reencode(ctx, bytes.NewReader(jpegOf(picture())), Default); rs != nil {
				t.Error(rs)
			}
		})
	}
	budget.Release(memory)
	all.Wait()
	if !budget.TryAcquire(memory) {
		t.Error("memory is not given back")
	} else {
		budget.Release(memory)
	}
}

// noisy is a picture with detail at every size.
func noisy(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			f := func(k float64) uint8 {
				return uint8(127.5 + 60*math.Sin(float64(x)/k) + 60*math.Cos(float64(y)*float64(x)/(k*97)))
			}
			m.SetRGBA(x, y, color.RGBA{f(3), f(17), f(61), 255})
		}
	}
	return m
}

// The scaler gives what golang.org/x/image/draw gives.
func TestScalerAgreesWithDraw(t *testing.T) {
	for _, size := range [][2]int{{700, 500}, {333, 1000}, {257, 256}, {2000, 13}} {
		src := noisy(size[0], size[1])
		got := shrink(src, src.Rect, 256)
		want := image.NewRGBA(got.Rect)
		draw.CatmullRom.Scale(want, want.Rect, src, src.Rect, draw.Src, nil)
		var sum, most float64
		for i := range got.Pix {
			d := math.Abs(float64(got.Pix[i]) - float64(want.Pix[i]))
			sum, most = sum+d, max(most, d)
		}
		if mean := sum / float64(len(got.Pix)); mean > 0.6 || most > 6 {
			t.Errorf("%v: mean difference %.2f, most %.0f", size, mean, most)
		}
	}
}

func FuzzReencode(f *testing.F) {
	f.Add(withExif(jpegOf(picture()), exif(6, binary.LittleEndian)))
	f.Add(withChunk(pngOf(picture()), "eXIf", exif(5, binary.BigEndian)))
	f.Add(webpOf())
	f.Add(bomb(60_000, 60_000))
	f.Add(header(0xc2, 500, 500, 3))
	f.Add([]byte("GIF89a\x10\x00\x10\x00\x00\x00\x00,\x00\x00\x00\x00\x10\x00\x10\x00\x00\x02\x02\x04\x01\x00;"))
	limits := Limits{Bytes: 1 << 16, Pixels: 1 << 18, Side: 64}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, rs := Reencode(ctx, bytes.NewReader(data), limits)
		if (rs == nil) == (p.JPEG == nil) {
			t.Fatal("neither a photo nor a reason")
		}
		if rs != nil {
			return
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(p.JPEG))
		if err != nil || c.Width != p.W || c.Height != p.H || max(p.W, p.H) > limits.Side {
			t.Errorf("%d × %d is %d × %d: %v", p.W, p.H, c.Width, c.Height, err)
		}
	})
}

// Every refusal that the package raises has a text in every language, with the same
// places to fill, and no text is left over.
func TestMessages(t *testing.T) {
	source, _ := os.ReadFile("photo.go")
	raised := map[string]bool{}
	for _, m := range regexp.MustCompile(`"(photo\.[a-z_]+)"`).FindAllSubmatch(source, -1) {
		raised[string(m[1])] = true
	}
	languages := map[string]map[string]string{}
	for _, lang := range []string{"en", "zh-Hans"} {
		text, err := os.ReadFile("messages." + lang + ".json")
		m := map[string]string{}
		if err := errors.Join(err, json.Unmarshal(text, &m)); err != nil {
			t.Fatal(err)
		}
		languages[lang] = m
	}
	places := func(s string) string {
		p := regexp.MustCompile(`\{[a-z]+\}`).FindAllString(s, -1)
		sort.Strings(p)
		return strings.Join(p, "")
	}
	for lang, m := range languages {
		for key := range raised {
			if m[key] == "" || places(m[key]) != places(languages["en"][key]) {
				t.Errorf("%s: %s is %q", lang, key, m[key])
			}
		}
		if len(m) != len(raised) {
			t.Errorf("%s has %d texts for %d refusals", lang, len(m), len(raised))
		}
	}
}

func BenchmarkPhone12MP(b *testing.B) {
	data := jpegOf(noisy(4032, 3024))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, rs := Reencode(ctx, bytes.NewReader(data), Default); rs != nil {
			b.Fatal(rs)
		}
	}
}

func BenchmarkDraw12MP(b *testing.B) {
	data := jpegOf(noisy(4032, 3024))
	b.ReportAllocs()
	for b.Loop() {
		m, _ := jpeg.Decode(bytes.NewReader(data))
		dst := image.NewRGBA(image.Rect(0, 0, 2048, 1536))
		draw.CatmullRom.Scale(dst, dst.Rect, m, m.Bounds(), draw.Src, nil)
		jpeg.Encode(io.Discard, dst, &jpeg.Options{Quality: quality})
	}
}
