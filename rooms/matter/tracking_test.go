package matter

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTrackingCodes(t *testing.T) {
	code, digest, err := NewTracking([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 255, 9, 9, 1, 2, 3, 4, 5, 6})
	if err != nil || code != "000G4-0R40M-30E27-Z144G-20G30G" || len(digest) != 64 {
		t.Fatal(code, digest, err)
	}
	// A code of before, of 80 bits, opens its matter still.
	if !CheckTracking("000g-40r4-om30-e27z", trackingDigest("000G40R40M30E27Z")) {
		t.Error("a code of before is not taken")
	}
	for _, typed := range []string{code, strings.ToLower(code), "oooG4 or4om 3oE27 zi44g 2og3og", strings.ReplaceAll(code, "-", ""), "０００Ｇ４－０Ｒ４０Ｍ－３０Ｅ２７－Ｚ１４４Ｇ－２０Ｇ３０ｇ"} {
		if !CheckTracking(typed, digest) {
			t.Errorf("%q is not taken", typed)
		}
	}
	for _, typed := range []string{"", "000G4-0R40M-30E27-Z144G-20G30H", "000G-40R4-0M30-E27Z", code + "0", strings.Repeat("0", 100_000), digest} {
		if CheckTracking(typed, digest) {
			t.Errorf("%q is taken", typed)
		}
	}
	if CheckTracking(code, "") || CheckTracking("", "") {
		t.Error("a matter without a code opens to one")
	}
	if _, _, err := NewTracking(make([]byte, 15)); err == nil {
		t.Error("120 bits are taken")
	}
	if strings.Contains(digest, strings.ToLower(code[:4])) {
		t.Error("the digest tells the code")
	}
}

func TestEveryTrackingCodeIsItsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(rapid.Byte(), TrackingBytes, TrackingBytes).Draw(t, "a")
		b := rapid.SliceOfN(rapid.Byte(), TrackingBytes, TrackingBytes).Draw(t, "b")
		codeA, digestA, _ := NewTracking(a)
		codeB, _, _ := NewTracking(b)
		if !CheckTracking(codeA, digestA) || CheckTracking(codeB, digestA) != (string(a) == string(b)) {
			t.Fatal(codeA, codeB)
		}
	})
}
