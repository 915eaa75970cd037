// Package shared finds data that lie beside the project and are not part of it: inputs
// whose licence does not let them be shipped, and what reference programs answered on
// them. It is test support; nothing that ships imports it.
package shared

import (
	"os"
	"path/filepath"
	"testing"
)

// Dir returns the folder of that name in ../shared, beside the project. Where it is not
// there at all the test is skipped and says so; where it is and lacks the folder, it fails; what the project must hold without it has its data in testdata/.
func Dir(t testing.TB, name string) string {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			t.Fatal("no go.mod above the test")
		}
		root = filepath.Dir(root)
	}
	dir := filepath.Join(filepath.Dir(root), "shared", name)
	if _, err := os.Stat(dir); err != nil {
		if _, err := os.Stat(filepath.Join(filepath.Dir(root), "shared")); err == nil {
			t.Fatalf("../shared is there and has no %s", name)
		}
		t.Skipf("SKIPPED, NOT COMPARED: the data ../shared/%s are not beside the project", name)
	}
	return dir
}
