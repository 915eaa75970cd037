package fences

import (
	"fmt"
	"go/ast"
	"io/fs"
	"slices"
	"strings"
)

// sealsIn is the one folder in which something that is kept is sealed: what it seals names its cipher, and can be sealed anew.
const sealsIn = "frame/vault/"

// seals are how Go programs make a cipher that authenticates.
var seals = map[string][]string{
	"crypto/cipher":                        {"NewGCM", "NewGCMWithRandomNonce", "NewGCMWithNonceSize", "NewGCMWithTagSize", "NewCTR", "NewCBCEncrypter", "NewCBCDecrypter"},
	"golang.org/x/crypto/chacha20poly1305": nil, "golang.org/x/crypto/chacha20": nil, "golang.org/x/crypto/nacl/secretbox": nil, "golang.org/x/crypto/nacl/box": nil,
	"crypto/rc4": nil, "crypto/hpke": nil,
}

// sealed says where something is sealed beside the vault, so that a change of cipher would forget it.
func sealed(tree fs.FS) ([]string, error) {
	files, err := sources(tree)
	if err != nil {
		return nil, err
	}
	var broken []string
	for _, s := range files {
		if s.test || level(s.file) < 0 || strings.HasPrefix(s.file, sealsIn) {
			continue
		}
		s.calls(func(n ast.Node, to, name string) {
			if names, way := seals[to]; way && (names == nil || slices.Contains(names, name)) {
				broken = append(broken, fmt.Sprintf("%s uses %s.%s: what is kept is sealed by vault.Lock, in a column that vault.Vault.Columns names", s.at(n), to, name))
			}
		})
	}
	return broken, nil
}
