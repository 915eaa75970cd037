package photo

import "encoding/binary"

// frame reads the number of components of a JPEG and whether it is progressive, from
// its frame header (ITU-T T.81, B.2.2).
func frame(data []byte) (components int, progressive bool) {
	segments(data, func(marker byte, body []byte) bool {
		isFrame := marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
		if isFrame && len(body) >= 6 {
			components, progressive = int(body[5]), marker == 0xc2
		}
		return !isFrame
	})
	return components, progressive
}

// segments walks the marker segments of a JPEG before its first scan.
func segments(data []byte, each func(marker byte, body []byte) bool) {
	b := data[min(2, len(data)):]
	for len(b) >= 4 {
		if b[0] != 0xff {
			b = b[1:] // the decoder, too, skips what is between segments
			continue
		}
		marker := b[1]
		if marker == 0xff { // fill
			b = b[1:]
			continue
		}
		if marker == 0 || marker == 1 || marker >= 0xd0 && marker <= 0xd7 { // alone, no length
			b = b[2:]
			continue
		}
		n := int(binary.BigEndian.Uint16(b[2:]))
		if marker == 0xda || marker == 0xd9 || n < 2 || len(b) < 2+n || !each(marker, b[4:2+n]) {
			return
		}
		b = b[2+n:]
	}
}

// orientation finds how the camera was held, 1 to 8 (Exif 2.32, tag 0x0112); 1 when
// nothing says so.
func orientation(media string, data []byte) int {
	var exif []byte
	switch media {
	case "image/jpeg":
		segments(data, func(marker byte, body []byte) bool {
			if marker == 0xe1 && len(body) > 6 && string(body[:6]) == "Exif\x00\x00" {
				exif = body[6:]
			}
			return exif == nil
		})
	case "image/png":
		for b := data[8:]; len(b) >= 12; {
			n := int64(binary.BigEndian.Uint32(b))
			if n > int64(len(b)-12) {
				break
			}
			if string(b[4:8]) == "eXIf" {
				exif = b[8 : 8+n]
				break
			}
			b = b[12+n:]
		}
	case "image/webp":
		chunks(data, func(name string, body []byte) bool {
			if name == "EXIF" {
				exif = body
			}
			return exif == nil
		})
	}
	if len(exif) > 6 && string(exif[:6]) == "Exif\x00\x00" { // some WebP writers keep JPEG's prefix
		exif = exif[6:]
	}
	return tiffOrientation(exif)
}

// tiffOrientation reads the tag from the first directory of a TIFF header.
func tiffOrientation(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(b[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 1
	}
	entries := int(order.Uint16(b[at:]))
	b = b[at+2:]
	for range entries {
		if len(b) < 12 {
			return 1
		}
		if order.Uint16(b) == 0x0112 && order.Uint16(b[2:]) == 3 {
			if v := int(order.Uint16(b[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		b = b[12:]
	}
	return 1
}

// chunks walks the chunks of a RIFF file.
func chunks(data []byte, each func(name string, body []byte) bool) {
	for b := data[min(12, len(data)):]; len(b) >= 8; {
		n := int64(binary.LittleEndian.Uint32(b[4:]))
		if n > int64(len(b)-8) || !each(string(b[:4]), b[8:8+n]) {
			return
		}
		b = b[min(8+n+n&1, int64(len(b))):]
	}
}

// animated reports whether a WebP is a film.
func animated(data []byte) (is bool) {
	chunks(data, func(name string, body []byte) bool {
		is = name == "VP8X" && len(body) > 0 && body[0]&2 != 0
		return false // VP8X comes first or not at all
	})
	return is
}
