package matter

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTrackingCodes(t *testing.T) {
	code, digest, err := NewTracking([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 255, 9, 9})
	if err != nil || code != "000G-40R4-0M30-E27Z" || len(digest) != 64 {
		t.Fatal(code, digest, err)
	}
	for _, typed := range []string{code, strings.ToLower(code), "oooG 4or4 om3o E27z", strings.ReplaceAll(code, "-", ""), "０００Ｇ－４０Ｒ４－０Ｍ３０－Ｅ２７ｚ"} {
		if !CheckTracking(typed, digest) {
			t.Errorf("%q is not taken", typed)
		}
	}
	for _, typed := range []string{"", "000G-40R4-0M30-E27Y", code + "0", strings.Repeat("0", 100_000), digest} {
		if CheckTracking(typed, digest) {
			t.Errorf("%q is taken", typed)
		}
	}
	if CheckTracking(code, "") || CheckTracking("", "") {
		t.Error("a matter without a code opens to one")
	}
	if _, _, err := NewTracking(make([]byte, 9)); err == nil {
		t.Error("72 bits are taken")
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
