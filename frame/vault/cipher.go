package vault

import (
	"bytes"
	"cmp"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

// Cipher names what a content or a key is sealed by.
type Cipher string

const (
	// AES is AES-256-GCM (NIST SP 800-38D) with random 96-bit nonces.
	AES Cipher = "aes-256-gcm"
	// XChaCha is XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) with random 192-bit nonces, under a key of its own that is derived from the same one.
	XChaCha Cipher = "xchacha20-poly1305"
)

// sealedHead begins what is sealed; the byte after it names the cipher, and both are authenticated. What was sealed before there
// was a choice has neither, and is AES-256-GCM. Of such, one in 2⁵⁶ begins like this by chance: it is tried as both.
const sealedHead = "\xffskein\x01"

var cipherCodes = map[Cipher]byte{AES: 1, XChaCha: 2}

var errShort = errors.New("vault: too short to be sealed")

// head is what begins a content that a cipher sealed.
func (c Cipher) head() []byte {
	code, known := cipherCodes[cmp.Or(c, AES)]
	if !known {
		panic("vault: no cipher " + string(c))
	}
	return append([]byte(sealedHead), code)
}

// Lock seals and opens with one key, by any cipher. It is safe for concurrent use. Only here is anything sealed that is kept (a fence holds it),
// so that Reseal can tell by what.
type Lock struct{ aes, xchacha func() cipher.AEAD }

// NewLock is for a key that nothing else uses.
func NewLock(key [32]byte) *Lock {
	return &Lock{
		aes:     sync.OnceValue(func() cipher.AEAD { return newAEAD(key) }),
		xchacha: sync.OnceValue(func() cipher.AEAD { return newXChaCha(key) }),
	}
}

// by is the cipher of a code; nil if there is none.
func (l *Lock) by(code byte) cipher.AEAD {
	switch code {
	case cipherCodes[AES]:
		return l.aes()
	case cipherCodes[XChaCha]:
		return l.xchacha()
	}
	return nil
}

// Seal names the cipher in what it returns.
func (l *Lock) Seal(with Cipher, text, binding []byte) []byte {
	head := with.head()
	return l.by(head[len(head)-1]).Seal(head, nil, text, append(head[:len(head):len(head)], binding...))
}

// Open opens by the cipher that a content names, or what was sealed when none was named.
func (l *Lock) Open(sealed, binding []byte) ([]byte, error) {
	if rest, named := bytes.CutPrefix(sealed, []byte(sealedHead)); named && len(rest) > 0 {
		if with := l.by(rest[0]); with != nil {
			head := sealed[:len(sealedHead)+1]
			if text, err := with.Open(nil, nil, rest[1:], append(head[:len(head):len(head)], binding...)); err == nil {
				return text, nil
			}
		}
	}
	return l.aes().Open(nil, nil, sealed, binding)
}

// SealedBy reports whether a content names a cipher.
func SealedBy(with Cipher, sealed []byte) bool { return bytes.HasPrefix(sealed, with.head()) }

func newAEAD(key [32]byte) cipher.AEAD {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // only for another length of key
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // only for another size of block
	}
	return gcm
}

func newXChaCha(key [32]byte) cipher.AEAD {
	own, err := hkdf.Key(sha256.New, key[:], nil, "skein vault cipher "+string(XChaCha), 32)
	if err != nil {
		panic(err) // only for a length beyond 255 hashes
	}
	aead, err := chacha20poly1305.NewX(own)
	if err != nil {
		panic(err) // only for another length of key
	}
	return randomNonce{aead}
}

// randomNonce puts a random nonce before each ciphertext, as cipher.NewGCMWithRandomNonce does.
type randomNonce struct{ aead cipher.AEAD }

func (r randomNonce) NonceSize() int { return 0 }
func (r randomNonce) Overhead() int  { return r.aead.NonceSize() + r.aead.Overhead() }

func (r randomNonce) Seal(dst, _, text, bound []byte) []byte {
	nonce := make([]byte, r.aead.NonceSize())
	rand.Read(nonce) // never fails
	return r.aead.Seal(append(dst, nonce...), nonce, text, bound)
}

func (r randomNonce) Open(dst, _, sealed, bound []byte) ([]byte, error) {
	n := r.aead.NonceSize()
	if len(sealed) < n {
		return nil, errShort
	}
	return r.aead.Open(dst, sealed[:n], sealed[n:], bound)
}
