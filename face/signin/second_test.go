package signin

import (
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
	"github.com/trustelem/zxcvbn/frequency"

	"skein/face"
	"skein/frame/vault"
)

// RFC 6238, appendix B, SHA-1: eight digits there, of which apps show the last six.
func TestCodesByTime(t *testing.T) {
	secret := []byte("12345678901234567890")
	for second, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		for _, now := range []int64{second, second - second%30, second - second%30 + 29} {
			if step, ok := totpStep(secret, want, now*1e6); !ok || step != second/30 {
				t.Errorf("%s is not taken at %d", want, now)
			}
		}
		for _, now := range []int64{second - second%30 - 1, second - second%30 + 30} { // no longer than its 30 seconds
			if _, ok := totpStep(secret, want, now*1e6); ok {
				t.Errorf("%s is taken at %d", want, now)
			}
		}
		for _, bad := range []string{"", want[1:], want + "0", "000000", "-" + want[1:]} {
			if _, ok := totpStep(secret, bad, second*1e6); ok {
				t.Errorf("%q is taken", bad)
			}
		}
	}
	a, b := newTOTPSecret(), newTOTPSecret()
	if len(a) != 20 || slices.Equal(a, b) || len(totpText(a)) != 32 {
		t.Error("secrets")
	}
	address, err := totpAddress(secret, "Riverside: the city", "Chair of works")
	if want := "otpauth://totp/Riverside%20%20the%20city:Chair%20of%20works?"; err != nil || !strings.HasPrefix(address, want) ||
		!strings.Contains(address, "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") || strings.Contains(address, "+") {
		t.Errorf("%s %v", address, err)
	}
	if code, err := face.NewQR(address, qr.L); err != nil || code.Side < 21 || !strings.HasPrefix(code.Path, "M0 0h1v1h-1z") {
		t.Errorf("%d %v %.40s", code.Side, err, code.Path)
	}
}

func TestTypedCodes(t *testing.T) {
	for typed, want := range map[string]string{
		"123 456": "123456", "１２３４５６": "123456", "abcde-fghjk": "ABCDEFGHJK", "oil": "011", "\x00 \r\n": "", strings.Repeat("9", 1000): strings.Repeat("9", recoveryLetters+1),
	} {
		if got := typedCode(typed); got != want {
			t.Errorf("%q: %q, not %q", typed, got, want)
		}
	}
	if got := grouped("0123456789ABCDEFGHJKMNPQRS"); got != "01234-56789-ABCDE-FGHJK-MNPQRS" || len(typedCode(got)) != recoveryLetters {
		t.Error(got)
	}
}

// The list that is bundled has the commonest passwords that are long enough to be taken here, zxcvbn's among them.
func TestCommonPasswords(t *testing.T) {
	if n := strings.Count(string(common), "\n"); n < 3000 || commonList.check() != nil {
		t.Errorf("%d lines (%v)", n, commonList.check())
	}
	long := 0
	for _, password := range frequency.FrequencyLists["passwords"] {
		if len([]rune(password)) < leastLetters {
			continue
		}
		long++
		if found, err := isCommon(password, nil); !found || err != nil {
			t.Errorf("%q: %v %v", password, found, err)
		}
	}
	if long != 229 {
		t.Errorf("%d of zxcvbn's are long", long)
	}
	if found, err := isCommon("QWERTY123456", nil); !found || err != nil {
		t.Error("capitals make it another")
	}
	if found, err := isCommon("plum lantern otter 47 harbour", nil); found || err != nil {
		t.Error("a good one is found", err)
	}
}

// An operator's list is searched by bisection, in the form in which Have I Been Pwned publishes its own.
func TestBreachedList(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	hash := func(s string) string {
		sum := sha1.Sum([]byte(s))
		return strings.ToUpper(hex.EncodeToString(sum[:]))
	}
	for _, ending := range []string{"\n", "\r\n", ":7\n", ":123456789\r\n", ""} {
		for _, n := range []int{1, 2, 3, 1000} {
			var lines []string
			for i := range n {
				line := hash(fmt.Sprint("in ", i))
				if ending == "" {
					line += []string{"\n", ":1\n", ":22\r\n"}[rand.IntN(3)]
				}
				lines = append(lines, line+ending)
			}
			slices.Sort(lines)
			b, err := OpenBreached(write("list", strings.TrimRight(strings.Join(lines, ""), "\r\n"))) // the last line may have no end
			if err != nil {
				t.Fatal(err)
			}
			for i := range n {
				if found, err := b.Has(fmt.Sprint("in ", i)); !found || err != nil {
					t.Errorf("%q, %d lines: %d is not found (%v)", ending, n, i, err)
				}
				if found, err := b.Has(fmt.Sprint("out ", i)); found || err != nil {
					t.Errorf("%q, %d lines: %d is found (%v)", ending, n, i, err)
				}
			}
		}
	}
	a, b := hash("a"), hash("b") // 86F7…, E9D7…
	for name, text := range map[string]string{
		"empty": "", "words": "password1234\nqwerty123456\n" + strings.Repeat("x\n", 50), "small letters": strings.ToLower(a) + "\n", "not ordered": b + "\n" + a + "\n",
		"NTLM": strings.Repeat("8846F7EAEE8FB117AD06BDD830B7586C:5\n", 9), "one line": strings.Repeat(a, 50), "SHA-256": a + "0123456789ABCDEF01234567\n",
	} {
		if _, err := OpenBreached(write("bad", text)); !errors.Is(err, errList) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := OpenBreached(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	list, err := OpenBreached(write("list", hash("lantern otter plum 47 harbour")+":1\n"))
	if err != nil {
		t.Fatal(err)
	}
	if found, err := isCommon("Lantern Otter plum 47 harbour", list); !found || err != nil {
		t.Error("in small letters it is not found", err)
	}
}

// Every attempt's secret is under its token.
func TestTokenKeys(t *testing.T) {
	for _, with := range []vault.Cipher{vault.AES, vault.XChaCha} {
		sealed := tokenLock("a", "token").Seal(with, []byte("x"), nil)
		for _, other := range [][2]string{{"b", "token"}, {"a", "tokem"}} {
			if _, err := tokenLock(other[0], other[1]).Open(sealed, nil); err == nil {
				t.Errorf("%v opens it", other)
			}
		}
	}
}
